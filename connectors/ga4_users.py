"""GA4's unique users of the week, month, quarter, half-year and year to date: asked for at each grain, never summed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from typing import Any

import pyarrow as pa

from connectors import columns
from connectors.connector import Account
from connectors.errors import BadDataError
from connectors.ga4_decode import Page
from connectors.ga4_report import Query, days, fetch, measured, note
from connectors.ga4_streams import DOCS
from connectors.ga4_transport import CONCURRENT, Client
from connectors.load import Load
from connectors.stream import ACCOUNT_ID, COUNT, DATE, TEXT, Field, Kind, Stream, Window

PERIOD_STARTS: dict[str, Callable[[date], date]] = {
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "half_year": lambda day: day.replace(month=(day.month - 1) // 6 * 6 + 1, day=1),
    "year": lambda day: day.replace(month=1, day=1),
}
"""First day of the period that a day is in. Weeks are ISO weeks: they start on Monday, whatever the year."""
_RANGES = 4
"""The most date ranges of one request: https://developers.google.com/analytics/devguides/reporting/data/v1/basics"""
_QUERY = Query(
    dimensions={},
    metrics={"total_users": "totalUsers", "active_users": "activeUsers", "new_users": "newUsers"},
)


def _pull(ga4: Any, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    """A request a day, or two, as GA4 takes four date ranges at most. They run side by side, and make one batch."""
    pool = ThreadPoolExecutor(CONCURRENT, "ga4-users")
    try:
        batches = [batch for day in pool.map(partial(_users, ga4.client, account, load), window.days) for batch in day]
    finally:
        pool.shutdown(cancel_futures=True)
    yield from pa.Table.from_batches(batches, SITE_USERS.schema).combine_chunks().to_batches()


def _users(client: Client, account: Account, load: Load, day: date) -> list[pa.RecordBatch]:
    batches = []
    for asked in requests_of(day):
        ranges = [days(Window(start, day)) | {"name": str(start)} for start in asked]
        for page in fetch(client, _QUERY.request(account.id, ranges), load):
            note(page, load)
            if page.rows:
                found = pa.RecordBatch.from_pydict(measured(SITE_USERS, _QUERY, account, page))
                batches.append(columns.batch(SITE_USERS, _by_grain(found, _starts(page, asked), day), load))
    return batches


def requests_of(day: date) -> list[list[date]]:
    """The starts to ask for, by request. Periods share them: a first quarter starts with its half-year and its year.

    All five differ in the last quarter only, which makes a request of three and one of two.
    """
    starts = list(dict.fromkeys(start(day) for start in PERIOD_STARTS.values()))
    size = len(starts) if len(starts) <= _RANGES else (len(starts) + 1) // 2
    return [starts[at : at + size] for at in range(0, len(starts), size)]


def _starts(page: Page, asked: list[date]) -> list[date]:
    """The start of each row, which is the name of its range. Raises BadDataError on a range that was not asked for."""
    names = [str(start) for start in asked]
    # GA4 names a range only where there are several: on a Monday that is 1 January, all periods start alike.
    told = page.dimension("dateRange").to_pylist() if len(asked) > 1 else names * page.rows
    if not set(told) <= set(names) or len(set(told)) < len(told):
        raise BadDataError(f"the answer has the date ranges {', '.join(told)}; asked for: {', '.join(names)}")
    return [date.fromisoformat(name) for name in told]


def _by_grain(found: pa.RecordBatch, starts: list[date], day: date) -> dict[str, pa.Array]:
    """A row for each period that starts with one of the ranges: two that start alike have the same users."""
    rows = {grain: starts.index(start(day)) for grain, start in PERIOD_STARTS.items() if start(day) in starts}
    taken = found.take(pa.array(rows.values(), pa.int64()))
    return dict(zip(taken.schema.names, taken.columns, strict=True)) | {
        "date": pa.repeat(pa.scalar(day, DATE), len(rows)),
        "grain": pa.array(rows, TEXT),
        "period_start": pa.array([starts[row] for row in rows.values()], DATE),
    }


SITE_USERS = Stream(
    name="site_users",
    description="Unique users of the whole site from the start of a period through each day",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "Last day that is counted, in the property's time zone"),
        Field("grain", TEXT, "The period: week (ISO), month, quarter, half_year or year"),
        Field("period_start", DATE, "First day that is counted: the period's first"),
        Field("total_users", COUNT, "Unique users from period_start through date; never to be summed", "users"),
        Field("active_users", COUNT, "Unique users with an engaged session or a first visit; never summed", "users"),
        Field("new_users", COUNT, "Unique users on their first visit; to date, so never summed over dates", "users"),
    ),
    key=("account_id", "date", "grain"),
    day_field="date",
    pull=_pull,
    look_back_days=30,
    slice_days=400,
    docs_url=DOCS,
)
