"""What the page tells of a night, read from the published warehouse, and from the verdicts that the lake kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from pipelines import kept_verdicts as kept
from pipelines import register
from pipelines.lake import Lake
from pipelines.publish import existing
from pipelines.register import SEGMENT
from pipelines.settings import Settings

Row = dict[str, Any]
_LOAD_DAYS = 400
"""How far back loads are read: a year so far, and the weeks around it."""
_ORDER = ", ".join(["position", *(f"{part} <> 'all', {part}" for part in SEGMENT), "grain", "period_start"])


@dataclass(frozen=True)
class Night:
    """A night as the page needs it. Rows are those of the published tables, oldest period first."""

    settings: Settings
    day: date
    verdicts: list[Row]
    contributions: dict[tuple[Any, ...], list[Row]]
    """Of kpi_contributions, by KPI, brand, country, grain and period; the largest first."""
    restated: list[Row]
    """Rows of verdict_history that this night changed."""
    loads: dict[tuple[str, str, str], list[Row]]
    """Of data_quality, by platform, stream and account; oldest day first."""
    channels: list[Row]
    """Of channel_day by month and channel, for all brands together."""
    night_before: date | None
    verdicts_before: list[Row]
    """The verdicts as the night before knew them; none on the first night."""

    def loads_of(self, platform: str, stream: str, account_id: str) -> list[Row]:
        return self.loads.get((platform, stream, account_id), [])

    def parts_of(self, row: Row) -> list[Row]:
        """What the gap of a row is made of; nothing for one channel or keyword, which is not split."""
        if row["channel"] != "all" or row["keyword"] != "all":
            return []
        return self.contributions.get(_place(row), [])


def read(settings: Settings, lake: Lake) -> Night:
    """The newest night that was published. Raises FileNotFoundError before the first one."""
    with duckdb.connect(str(existing(settings.warehouse)), read_only=True) as warehouse:
        day = _day(warehouse, lake)

        def rows(query: str, *values: Any) -> list[Row]:
            return warehouse.execute(query, values or None).to_arrow_table().to_pylist()

        before = max((night for night in kept.nights(lake) if night < day), default=None)
        return Night(
            settings,
            day,
            rows(f"from kpi.kpi_verdicts order by {_ORDER}"),
            _contributions(rows),
            rows("from kpi.verdict_history where known_from = ? and version > 1 and verdict <> verdict_before", day),
            _loads(rows, day),
            rows(_CHANNELS),
            before,
            kept.of_night(lake, before) if before else [],
        )


_CHANNELS = """
    select cast(date_trunc('month', day) as date) as month, channel, min(day) as first_day, max(day) as last_day,
        sum(sessions)::double as sessions, sum(ad_spend)::double as spend,
        sum(web_purchases)::double as web_purchases, sum(web_revenue)::double as web_revenue,
        sum(orders)::double as orders, sum(order_revenue)::double as order_revenue,
        sum(ad_conversions)::double as ad_conversions, sum(ad_conversion_value)::double as ad_conversion_value
    from marts.channel_day group by all order by month, channel"""


def _day(warehouse: duckdb.DuckDBPyConnection, lake: Lake) -> date:
    """The last day that is counted. Without a KPI the warehouse does not say, and the lake does."""
    found = warehouse.execute("select max(through_day) from kpi.kpi_verdicts").fetchone()
    return found[0] if found and found[0] else register.latest_run_day(lake)


def _contributions(rows: Callable[..., list[Row]]) -> dict[tuple[Any, ...], list[Row]]:
    parts = rows("from kpi.kpi_contributions where level <> 'campaign' order by abs(contribution) desc, channel")
    return grouped(parts, _place)


def _place(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("kpi_id", "brand", "country", "grain", "period_start"))


def _loads(rows: Callable[..., list[Row]], day: date) -> dict[tuple[str, str, str], list[Row]]:
    found = rows("from marts.data_quality where day > ? order by day", day - timedelta(days=_LOAD_DAYS))
    return grouped(found, lambda row: (row["platform"], row["stream"], row["account_id"]))


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Rows by a key, in the order in which they come."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)
