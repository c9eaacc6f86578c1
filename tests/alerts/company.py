"""A company whose nights are written by hand: verdicts and pulls in a lake, channels at a server on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from pipelines import ledger, register
from pipelines import settings as kompas_settings
from pipelines.alerts import post
from pipelines.alerts.causes import StepFailure
from pipelines.alerts.post import Posted
from pipelines.lake import Lake
from pipelines.ledger import LoadRow
from pipelines.settings import Settings

FIRST = date(2026, 11, 10)
"""A Tuesday; its digest is of Wednesday morning."""
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
EVERYTHING = dict.fromkeys(register.SEGMENT, "all")
LAST_DAYS = {10: 31, 11: 30, 12: 31}


def verdict(kpi: str, told: str, period: date = NOVEMBER, **more: Any) -> dict[str, Any]:
    """A kept row of a month; without a verdict it needs a `reason_code`."""
    end = period.replace(day=LAST_DAYS[period.month])
    row = dict.fromkeys(register.VERDICTS.names) | EVERYTHING
    row |= {"kpi_id": kpi, "grain": "month", "period_start": period, "period_end": end, "verdict": told}
    return row | {"period_state": "in_progress", "actual": 30.0, "target": 25.0, "high_so_far": 25.0} | more


def missing(
    kpi: str, reason: str = "gegevens ontbreken: shopify Webshop orders 2026-11-10 – HTTP 503"
) -> dict[str, Any]:
    """A row without a verdict for want of data."""
    return verdict(kpi, "no_verdict", reason_code="missing", reason=reason, actual=None)


def load(day: date, account: str = "winkel.myshopify.com", **more: Any) -> LoadRow:
    """A pull of Shopify's orders that failed."""
    told: dict[str, Any] = {
        "loaded_at": datetime(day.year, day.month, day.day, 4, tzinfo=UTC) + timedelta(days=1),
        "run_id": "run",
        "run_day": day,
        "connector": "shopify",
        "stream": "orders",
        "account_id": account,
        "day": day,
        "rows": 0,
        "quarantined": 0,
        "requests": 1,
        "flags": "",
        "complete": False,
        "reason": "HTTP 503",
        "action": "retry",
        "seconds": 1.0,
    }
    return LoadRow(**told | more)


class Company:
    """Its kompas.yaml and its lake."""

    def __init__(self, folder: Path, channels: Sequence[dict[str, Any]], **alerts: Any) -> None:
        self.folder = folder
        self.file = folder / "kompas.yaml"
        for number, channel in enumerate(channels):
            (folder / f"{number}.url").write_text(channel["url"], encoding="utf-8")
        named = [channel | {"url": f"file:{number}.url"} for number, channel in enumerate(channels)]
        self.write(document() | {"alerts": {"channels": named} | alerts})

    def write(self, told: dict[str, Any]) -> None:
        self.file.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")

    @property
    def settings(self) -> Settings:
        return kompas_settings.read(self.file)

    @property
    def lake(self) -> Lake:
        return Lake.at(self.settings.lake_url)

    def judge(self, night: date, *rows: dict[str, Any]) -> None:
        """The verdicts of a night, in place of those that it had."""
        table = pa.Table.from_pylist([row | {"run_day": night} for row in rows], schema=register.VERDICTS)
        self.lake.write_table("verdicts", night.isoformat(), table)

    def pull(self, *loads: LoadRow) -> None:
        """What the load ledger has of pulls."""
        for row in loads:
            ledger.write(self.lake, "loads", row.run_day, row.connector, [row])

    def post(self, night: date, *failures: StepFailure) -> list[Posted]:
        return post.post(self.settings, night, failures, pause_s=0.0)

    def night(self, night: date, *rows: dict[str, Any]) -> list[Posted]:
        """Judge a night, and tell of it."""
        self.judge(night, *rows)
        return self.post(night)


def document() -> dict[str, Any]:
    """A web shop with two Shopify accounts, Meta, and three KPIs of two owners."""
    shops = [{"id": "winkel.myshopify.com", "name": "Webshop", "brand": "main"}]
    shops.append({"id": "outlet.myshopify.com", "name": "Outlet", "brand": "main"})
    return {
        "company": {"name": "Winkel"},
        "privacy": {"hash_key": "env:KEY"},
        "platforms": {
            "shopify": {"client_id": "id", "client_secret": "env:SECRET", "accounts": shops},
            "meta_ads": {"access_token": "env:TOKEN", "accounts": [{"id": "7", "name": "Meta NL", "brand": "main"}]},
        },
        "kpis": [
            {"id": "revenue", "owner": "directie", "targets": [{"from": "2026-01-01", "target": "€ 100"}]},
            {"id": "cpa", "owner": "ads", "targets": [{"from": "2026-01-01", "target": "€ 25"}]},
            {"id": "cpc", "owner": "ads", "targets": [{"from": "2026-01-01", "target": "€ 1"}]},
        ],
    }
