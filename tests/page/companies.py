"""Companies as the page finds them: kompas.yaml, a published warehouse made by hand, and the nights in the lake.

The tables have the columns of the published contract, so that a page which asks for another one fails here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from pipelines import period, register, settings, vocabulary
from pipelines.lake import Lake
from pipelines.page import files
from pipelines.settings import Settings
from tests.docs import tables
from tests.explain import company as shop_of_files

Row = dict[str, Any]
NIGHT = date(2026, 11, 26)
BEFORE = date(2026, 11, 25)
_MISSED = next(phrase["nl"] for phrase in vocabulary.reasons() if phrase["code"] == "guardrail_missed")
BROKEN = f"{_MISSED} Klanttevredenheidsscore (CSAT)"
HOSTILE = "<script>alert('x')</script>"
MONTHS = [date(2025, 11, 1), date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
WEEKS = [date(2026, 11, 23) - timedelta(weeks=number) for number in reversed(range(60))]
EVERYTHING = dict.fromkeys(register.SEGMENT, "all")
PLAIN: Row = EVERYTHING | {
    "grain": "month",
    "unit": "EUR",
    "direction": "higher",
    "tolerance": 0.05,
    "share": 1.0,
    "is_newest": False,
    "is_newest_judged": False,
    "verdict": "on_target",
}


def verdict(kpi: str, start: date, actual: float | None, **more: Any) -> Row:
    """A row of kpi_verdicts, in progress where its period ends after the night."""
    row = PLAIN | {"kpi_id": kpi, "name_nl": kpi, "name_en": kpi} | more
    end = period.of(row["grain"], start).end
    is_open = end > NIGHT
    target = row.get("target_low") if row.get("target_low") is not None else row.get("target_high")
    return {
        "period_start": start,
        "period_end": end,
        "period_state": "in_progress" if is_open else "complete",
        "through_day": min(end, NIGHT),
        "days_total": (end - start).days + 1,
        "days_elapsed": (min(end, NIGHT) - start).days + 1,
        "actual": actual,
        "target": target,
        "expected_so_far": target,
        "gap": actual - target if actual is not None and target is not None else None,
        "final_on": end + timedelta(days=30),
    } | row


def revenue() -> list[Row]:
    """A sum: its target rose in May, and the month in progress has a forecast; its guardrail is broken."""
    values = [101e3, 142e3, 118e3, 109e3, 112e3, 121e3, 131e3, 120e3, 99e3, 128e3, 133e3, 146544.91, 140559.0]
    rows = [
        verdict(
            "revenue",
            start,
            value,
            target_low=110e3 if start < date(2026, 5, 1) else 135e3,
            verdict="on_target" if value > 130e3 else "off_target",
        )
        for start, value in zip(MONTHS, values, strict=True)
    ]
    rows[-1] |= {
        "share": 0.8,
        "expected_so_far": 108e3,
        "gap": 32559.0,
        "forecast": 174732.62,
        "interval_low": 167155.42,
        "interval_high": 182309.82,
        "change_to_previous": 0.192,
        "change_to_last_year": -0.04,
        "guardrail_state": "broken",
        "guardrail_kpi_id": "csat",
        "guardrail_reason": BROKEN,
        "reason_code": "guardrail",
        "reason": BROKEN,
        "verdict": "at_risk",
        "is_newest": True,
    }
    quarter = verdict("revenue", date(2026, 10, 1), 287103.91, grain="quarter", target_low=400e3, is_newest=True)
    return [*rows, quarter]


def csat() -> list[Row]:
    """A mean that fell below its target; the month before has no figure."""
    common = {"unit": "score", "target_low": 8.0}
    rows = [
        verdict("csat", start, value, **common) for start, value in zip(MONTHS[-5:-2], (8.4, 8.6, 8.5), strict=True)
    ]
    lacking = {"verdict": "no_verdict", "reason_code": "no_value", "reason": "de noemer is nul"}
    rows.append(verdict("csat", MONTHS[-2], None, **common, **lacking))
    now = {"interval_low": 6.73, "interval_high": 7.15, "change_to_previous": -0.136, "verdict": "off_target"}
    return [*rows, verdict("csat", MONTHS[-1], 6.94, **common, **now, is_newest=True, is_newest_judged=True)]


def cpa() -> list[Row]:
    """Lower is better; the data of this month did not come, and the name of a channel is hostile."""
    common = {"target_high": 25.0, "direction": "lower"}
    rows = [verdict("cpa", start, 24.0 + number % 3, **common) for number, start in enumerate(MONTHS[:-1])]
    late = {"verdict": "no_verdict", "reason_code": "missing", "reason": f"gegevens ontbreken: {HOSTILE}"}
    return [*rows, verdict("cpa", MONTHS[-1], 9.84, **common, **late, is_newest=True)]


def traffic() -> list[Row]:
    """Weeks, and a segment of its own."""
    common = {"unit": "count", "grain": "week", "target_low": 12000.0}
    whole = [verdict("website_traffic", start, 12500.0 - 90 * (n % 11), **common) for n, start in enumerate(WEEKS)]
    whole[-1] |= {"share": 0.5, "expected_so_far": 6000.0, "forecast": 12900.0, "is_newest": True}
    part = [
        verdict("website_traffic", start, 600.0, **common | {"target_low": 500.0}, channel=HOSTILE)
        for start in WEEKS[-9:]
    ]
    return [*whole, *part]


def open_rate() -> list[Row]:
    """A range."""
    bounds = {"unit": "ratio", "direction": "range", "target_low": 0.2, "target_high": 0.3}
    return [verdict("email_open_rate", start, 0.22 + 0.01 * n, **bounds) for n, start in enumerate(MONTHS[-6:])]


def roas() -> list[Row]:
    """For information."""
    told = {"unit": "number", "verdict": "no_verdict", "reason_code": "no_target", "reason": "geen doel"}
    return [verdict("roas", start, 3.0 + n % 4, **told) for n, start in enumerate(MONTHS)]


KPIS: list[Row] = [
    {
        "id": "revenue",
        "objective": "Omzet laten groeien",
        "owner": "directie",
        "guardrails": ["csat"],
        "reason": HOSTILE,
    },
    {"id": "csat", "objective": "Klanten behouden", "owner": "service"},
    {"id": "cpa", "objective": "Winstgevend groeien", "owner": "marketing"},
    {"id": "website_traffic", "grain": "week", "owner": "marketing"},
    {"id": "email_open_rate", "objective": "Klanten behouden", "direction": "range"},
    {"id": "roas", "informational": True},
]
_TARGETS: dict[str, list[Row]] = {
    "revenue": [{"from": "2025-01-01", "target": 110000}, {"from": "2026-05-01", "target": 135000}],
    "csat": [{"from": "2026-01-01", "target": "8 op 10"}],
    "cpa": [{"from": "2026-01-01", "target": "€ 25"}],
    "website_traffic": [{"grain": "week", "from": "2025-01-01", "target": 12000}],
    "email_open_rate": [{"from": "2025-01-01", "low": "20 %", "high": "30 %"}],
}


def loads(lacking: str = "", first: date = date(2025, 11, 1)) -> list[Row]:
    """Each stream of the shop of files, whole on every day; one of them lacks the night."""
    days = [first + timedelta(days=number) for number in range((NIGHT - first).days + 1)]
    return [
        {
            "platform": "files",
            "stream": table,
            "account_id": table,
            "day": day,
            "is_complete": not (table == lacking and day >= BEFORE),
            "loaded_at": datetime(2026, 11, 27, 4, 10, tzinfo=UTC),
            "flags": None,
            "problem": f"no answer from {HOSTILE}" if table == lacking and day >= BEFORE else None,
        }
        for table in shop_of_files.TABLES
        for day in days
    ]


def channel_days() -> list[Row]:
    figures = {
        "Paid Search": (900.0, 310.0, 31.0, 3300.0),
        "Direct": (700.0, None, 12.0, 1200.0),
        HOSTILE: (120.0, 80.0, None, None),
        "Referral": (None, None, None, None),
    }
    return [
        {"day": day, "brand": "winkel", "channel": channel, "sessions": sessions, "ad_spend": spend}
        | {"web_purchases": purchases, "web_revenue": revenue}
        for day in (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
        for channel, (sessions, spend, purchases, revenue) in figures.items()
    ]


def contributions(verdicts: Iterable[Row]) -> list[Row]:
    """Of the newest period of each KPI, a channel with a hostile name, and a denominator."""
    return [
        {name: row[name] for name in ("kpi_id", "brand", "country", "grain", "period_start")}
        | {"level": level, "channel": HOSTILE if level == "channel" else "all", "contribution": amount}
        for row in verdicts
        if row["is_newest"] and row["channel"] == "all"
        for level, amount in (("channel", 41.5), ("denominator", -3.25))
    ]


def company(
    folder: Path,
    kpis: Sequence[Row],
    verdicts: Sequence[Row],
    nights: dict[date, Sequence[Row]] | None = None,
    *,
    restated: Sequence[Row] = (),
    lacking: str = "",
    **told: Any,
) -> Settings:
    """A company in a folder: its settings, its warehouse as published, and the verdicts of its nights."""
    document = shop_of_files.document() | {"kpis": list(kpis)}
    document["company"] = {"name": "Duurzame Mode", **told}
    file = folder / settings.FILE_NAME
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    made = settings.read(file)
    _publish(
        made.warehouse,
        {
            "kpi.kpi_verdicts": verdicts,
            "kpi.kpi_contributions": contributions(verdicts),
            "kpi.verdict_history": restated,
            "marts.data_quality": loads(lacking),
            "marts.channel_day": channel_days(),
        },
    )
    _lake(made, nights or {})
    return made


def _publish(file: Path, rows: dict[str, Sequence[Row]]) -> None:
    """The tables of the contract that the page reads, with its columns and types."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(file)) as connection:
        for name, found in rows.items():
            columns = tables.published()[name]
            connection.execute(f"create schema if not exists {name.partition('.')[0]}")
            connection.execute(
                f"create table {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})"
            )
            if found:
                connection.register("given", pa.Table.from_pylist(_whole(name, found)))
                connection.execute(f"insert into {name} by name from given")
                connection.unregister("given")


def _whole(name: str, found: Sequence[Row]) -> list[Row]:
    """The rows with every column of the contract, and no other."""
    columns = tables.published()[name]
    unknown = {column for row in found for column in row} - {*columns}
    assert not unknown, f"{name} has no {unknown}"
    return [dict.fromkeys(columns) | row for row in found]


def _lake(made: Settings, nights: dict[date, Sequence[Row]]) -> None:
    lake = Lake.at(made.lake_url)
    register.write(made, lake, NIGHT)
    for night, rows in nights.items():
        register.keep_verdicts(lake, night, pa.Table.from_pylist(_whole("kpi.kpi_verdicts", rows)))


def shop(folder: Path, revised: int = 1, **told: Any) -> Settings:
    """Every kind of KPI, a night before, a verdict that was revised, and a source that is late."""
    kpis = [kpi | ({"targets": _TARGETS[kpi["id"]]} if kpi["id"] in _TARGETS else {}) for kpi in KPIS]
    verdicts = [row for rows in (revenue(), csat(), cpa(), traffic(), open_rate(), roas()) for row in rows]
    positions = {kpi["id"]: number for number, kpi in enumerate(KPIS)}
    verdicts = [row | {"position": positions[row["kpi_id"]]} for row in verdicts]
    before = [row | {"verdict": "on_target"} for row in verdicts]
    restated = [
        EVERYTHING
        | {"kpi_id": "revenue", "grain": "month", "period_start": start, "known_from": NIGHT, "version": 2}
        | {"verdict": "on_target", "verdict_before": "at_risk"}
        for start in MONTHS[-1 - revised : -1]
    ]
    return company(
        folder, kpis, verdicts, {BEFORE: before, NIGHT: verdicts}, restated=restated, lacking="ad_performance", **told
    )


def first_night(folder: Path) -> Settings:
    """Nothing before this night, and the first month has just begun to say something."""
    kpis = [{"id": "revenue", "targets": _TARGETS["revenue"]}, {"id": "csat", "targets": _TARGETS["csat"]}]
    late = {"verdict": "no_verdict", "reason_code": "too_early", "reason": "nog te vroeg in de periode"}
    rows = [
        verdict("revenue", MONTHS[-1], 12000.0, target_low=135e3, position=1, is_newest=True),
        verdict("csat", MONTHS[-1], None, unit="score", target_low=8.0, position=2, is_newest=True, **late),
    ]
    return company(folder, kpis, rows, {NIGHT: rows})


def without_kpis(folder: Path) -> Settings:
    return company(folder, [], [])


def without_targets(folder: Path) -> Settings:
    return company(folder, [{"id": "roas", "informational": True}], [row | {"position": 1} for row in roas()])


def many(folder: Path) -> Settings:
    """Thirty KPIs, each of two channels as well: ninety cards."""
    months = [{"from": "2025-01-01", "target": "€ 100"}]
    kpis = [
        {"id": f"kpi_{number}", "numerator": "ad_spend", "unit": "EUR", "direction": "lower", "targets": months}
        | {
            text: {"nl": f"Kosten van soort {number}", "en": f"Cost of kind {number}"}
            for text in ("name", "definition")
        }
        for number in range(30)
    ]
    rows = [
        verdict(f"kpi_{number}", start, 80.0 + n * 3 + number, target_high=100.0, direction="lower", position=number)
        | {"channel": channel, "name_nl": f"Kosten van soort {number}", "verdict": verdicts[(n + number) % 4]}
        for verdicts in [("on_target", "at_risk", "off_target", "no_verdict")]
        for number in range(30)
        for channel in ("all", "Email", "Paid Search")
        for n, start in enumerate(MONTHS)
    ]
    return company(folder, kpis, rows, {NIGHT: rows})


def _written(make: Callable[[Path], Settings]) -> Callable[[Path], Path]:
    return lambda folder: files.write(make(folder)).file


WRITERS: dict[str, Callable[[Path], Path]] = {
    made.__name__: _written(made) for made in (shop, first_night, without_kpis, without_targets, many)
}
