"""kompas.yaml as tables in the lake: the KPI register, its targets, the accounts and the night, as dbt reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from connectors.registry import CONNECTORS
from connectors.stream import Kind
from pipelines import ledger
from pipelines.kpi import Direction, Kpi, Target
from pipelines.lake import Lake
from pipelines.quantity import parse
from pipelines.settings import Settings

_TS = pa.timestamp("us", tz="UTC")


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


SEGMENT = ("brand", "country", "channel", "keyword")
"""What a target can be for; nothing named is everything together."""
_TEXT, _INT, _REAL, _DAY, _FLAG = pa.string(), pa.int64(), pa.float64(), pa.date32(), pa.bool_()

ACCOUNTS = _schema(
    connector=_TEXT,
    account_id=_TEXT,
    name=_TEXT,
    brand=_TEXT,
    country=_TEXT,
    stream=_TEXT,
    look_back_days=_INT,
    watched_measures=_INT,
)
KPIS = _schema(
    kpi_id=_TEXT,
    position=_INT,
    name_nl=_TEXT,
    name_en=_TEXT,
    definition_nl=_TEXT,
    definition_en=_TEXT,
    numerator=_TEXT,
    denominator=_TEXT,
    noise=_TEXT,
    events=_TEXT,
    squares=_TEXT,
    scale=_REAL,
    unit=_TEXT,
    direction=_TEXT,
    tolerance=_REAL,
    minimum_sample=_REAL,
    immature_days=_INT,
    informational=_FLAG,
    objective=_TEXT,
    owner=_TEXT,
    reason=_TEXT,
    grain=_TEXT,
)
TARGETS = _schema(
    kpi_id=_TEXT,
    brand=_TEXT,
    country=_TEXT,
    channel=_TEXT,
    keyword=_TEXT,
    grain=_TEXT,
    valid_from=_DAY,
    valid_to=_DAY,
    target=_REAL,
    low=_REAL,
    high=_REAL,
    share=_REAL,
    source_text=_TEXT,
)
GUARDRAILS = _schema(kpi_id=_TEXT, guardrail_kpi_id=_TEXT)
NIGHT = _schema(
    run_day=_DAY,
    currency=_TEXT,
    language=_TEXT,
    time_zone=_TEXT,
    clv_basis=_TEXT,
    clv_gross_margin=_REAL,
    clv_horizon_months=_INT,
    clv_discount_rate=_REAL,
)
VERDICTS = _schema(
    run_day=_DAY,
    judged_at=_TS,
    kpi_id=_TEXT,
    **dict.fromkeys(SEGMENT, _TEXT),
    grain=_TEXT,
    period_start=_DAY,
    period_end=_DAY,
    period_state=_TEXT,
    through_day=_DAY,
    days_total=_INT,
    days_elapsed=_INT,
    actual=_REAL,
    target=_REAL,
    target_low=_REAL,
    target_high=_REAL,
    target_share=_REAL,
    share=_REAL,
    low_so_far=_REAL,
    high_so_far=_REAL,
    forecast=_REAL,
    interval_low=_REAL,
    interval_high=_REAL,
    tolerance=_REAL,
    sample=_REAL,
    minimum_sample=_REAL,
    guardrail_state=_TEXT,
    verdict_before_guardrail=_TEXT,
    verdict=_TEXT,
    reason_code=_TEXT,
    reason=_TEXT,
)
"""What the macros of a verdict read is kept with it, so that a night can be judged again."""
SCHEMAS = {
    "accounts": ACCOUNTS,
    "kpis": KPIS,
    "targets": TARGETS,
    "guardrails": GUARDRAILS,
    "night": NIGHT,
    "verdicts": VERDICTS,
}
WRITTEN = ("accounts", "kpis", "targets", "guardrails", "night")
"""The tables that a night writes from kompas.yaml."""


def segment_of(row: Mapping[str, Any]) -> list[str]:
    """What a row's segment names, in the order of SEGMENT; nothing where it is of everything together."""
    return [str(row[name]) for name in SEGMENT if row.get(name) not in (None, "all")]


def write(settings: Settings, lake: Lake, run_day: date | None = None) -> None:
    """Write the register. Without a `run_day` (a rebuild), or with an older one (a back-fill, a rerun of last week),
    the night stays the one that the lake knows: the warehouse never goes back in time."""
    bootstrap(lake)
    tables: dict[str, Iterable[dict[str, Any]]] = {
        "accounts": _accounts(settings),
        "kpis": [_kpi(kpi, position) for position, kpi in enumerate(settings.kpis, start=1)],
        "targets": [row for kpi in settings.kpis for row in targets(kpi)],
        "guardrails": [
            {"kpi_id": kpi.id, "guardrail_kpi_id": guardrail} for kpi in settings.kpis for guardrail in kpi.guardrails
        ],
        "night": [_night(settings, _newest(lake, run_day))],
    }
    for name, rows in tables.items():
        lake.write_table(name, "current", pa.Table.from_pylist(list(rows), schema=SCHEMAS[name]))


def bootstrap(lake: Lake) -> None:
    """Every declared stream and table gets its schema, so that every dbt model runs, configured or not."""
    for connector in CONNECTORS.values():
        for stream in connector.streams:
            lake.write_empty(connector.name, stream.name, stream.schema)
    ledger.bootstrap(lake)
    lake.write_empty("kompas", "verdicts", VERDICTS)


def _newest(lake: Lake, run_day: date | None) -> date:
    try:
        known = latest_run_day(lake)
    except LookupError:
        if run_day is None:
            raise
        return run_day
    return max(known, run_day or known)


def latest_run_day(lake: Lake) -> date:
    """The newest night in the lake. Raises LookupError when there was none."""
    night = lake.table("night")
    if night is not None and night.num_rows:
        return max(night["run_day"].to_pylist())  # type: ignore[no-any-return]
    raise LookupError("the lake knows no night yet: run `kompas run` first")


def _accounts(settings: Settings) -> Iterator[dict[str, Any]]:
    for connector in settings.connectors():
        for account in connector.accounts:
            for stream in connector.streams_of(account):
                yield {
                    "connector": connector.name,
                    "account_id": account.id,
                    "name": account.name,
                    "brand": account.brand,
                    "country": account.country,
                    "stream": stream.name,
                    # Records and files have no days that are restated for a while.
                    "look_back_days": connector.look_back_days(stream) if stream.kind is Kind.REPORT else 0,
                    "watched_measures": len(stream.measures),
                }


def _kpi(kpi: Kpi, position: int) -> dict[str, Any]:
    plain = {name: getattr(kpi, name) for name in KPIS.names if hasattr(kpi, name)}
    return plain | {
        "kpi_id": kpi.id,
        "position": position,
        "name_nl": kpi.name.nl,
        "name_en": kpi.name.en,
        "definition_nl": kpi.definition.nl,
        "definition_en": kpi.definition.en,
        "unit": kpi.unit.value,
        "direction": kpi.direction.value,
        "grain": kpi.grain.value,
        "noise": kpi.noise.value,
    }


def targets(kpi: Kpi) -> Iterator[dict[str, Any]]:
    """Targets with their ends: each is in force until the day before the next of its segment and grain."""
    series: dict[tuple[str | None, ...], list[Target]] = defaultdict(list)
    for target in kpi.targets:
        series[*(getattr(target, name) for name in SEGMENT), target.grain.value].append(target)
    for (*segment, grain), dated in series.items():
        ordered = sorted(dated, key=lambda target: target.valid_from)
        for target, following in zip(ordered, [*ordered[1:], None], strict=True):
            ends = [target.valid_to, following.valid_from - timedelta(days=1) if following else None]
            low, high, value = bounds(kpi, target)
            yield {
                "kpi_id": kpi.id,
                **dict(zip(SEGMENT, segment, strict=True)),
                "grain": grain,
                "valid_from": target.valid_from,
                "valid_to": min((end for end in ends if end), default=None),
                "target": value,
                "low": low,
                "high": high,
                "share": target.share,
                "source_text": target.text,
            }


def bounds(kpi: Kpi, target: Target) -> tuple[float | None, float | None, float | None]:
    """(low, high, target) in the KPI's stored unit; a range is shown by its middle. A relative target has none of them
    until the figure of a year before is known."""
    if target.share is not None:
        return None, None, None
    if kpi.direction is Direction.RANGE:
        low, high = (parse(value).value for value in (target.low, target.high) if value is not None)
        return low, high, (low + high) / 2
    assert target.target is not None, "the register refuses a target without a number"
    value = parse(target.target).value
    return (value, None, value) if kpi.direction is Direction.HIGHER else (None, value, value)


def _night(settings: Settings, run_day: date) -> dict[str, Any]:
    company = settings.company
    return {
        "run_day": run_day,
        "currency": company.currency,
        "language": company.language,
        "time_zone": company.time_zone,
    } | _clv(settings)


def _clv(settings: Settings) -> dict[str, Any]:
    if settings.clv is None:
        return {}
    terms = settings.clv.terms
    return {
        "clv_basis": settings.clv.basis.value,
        "clv_gross_margin": terms.gross_margin,
        "clv_horizon_months": terms.months,
        "clv_discount_rate": terms.discount_rate,
    }


def keep_verdicts(lake: Lake, run_day: date, verdicts: pa.Table) -> None:
    """Keep the night's verdicts as they are known now. A rerun of the same night replaces its file."""
    told = {"run_day": pa.array([run_day] * verdicts.num_rows, _DAY)}
    told["judged_at"] = pa.array([datetime.now(UTC)] * verdicts.num_rows, _TS)
    columns = [told[name] if name in told else verdicts[name] for name in VERDICTS.names]
    lake.write_table("verdicts", run_day.isoformat(), pa.table(columns, names=VERDICTS.names).cast(VERDICTS))
