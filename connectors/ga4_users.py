"""GA4's unique users of the week, month, quarter and year to date: asked for at each grain, never summed."""

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
    "year": lambda day: day.replace(month=1, day=1),
}
"""First day of the period that a day is in. Weeks are ISO weeks: they start on Monday, whatever the year."""
_QUERY = Query(
    dimensions={},
    metrics={"total_users": "totalUsers", "active_users": "activeUsers", "new_users": "newUsers"},
)


def _pull(ga4: Any, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    """One request a day, of four date ranges: GA4's most. They run side by side, and make one batch."""
    pool = ThreadPoolExecutor(CONCURRENT, "ga4-users")
    try:
        batches = [batch for day in pool.map(partial(_users, ga4.client, account, load), window.days) for batch in day]
    finally:
        pool.shutdown(cancel_futures=True)
    yield from pa.Table.from_batches(batches, SITE_USERS.schema).combine_chunks().to_batches()


def _users(client: Client, account: Account, load: Load, day: date) -> list[pa.RecordBatch]:
    ranges = [days(Window(start(day), day)) | {"name": grain} for grain, start in PERIOD_STARTS.items()]
    batches = []
    for page in fetch(client, _QUERY.request(account.id, ranges), load):
        note(page, load)
        if page.rows:
            found = _periods(page, day) | measured(SITE_USERS, _QUERY, account, page)
            batches.append(columns.batch(SITE_USERS, found, load))
    return batches


def _periods(page: Page, day: date) -> dict[str, pa.Array]:
    """What the name of a date range says of its row. Raises BadDataError on a range that was not asked for."""
    grains = page.dimension("dateRange").to_pylist()
    if not set(grains) <= set(PERIOD_STARTS) or len(set(grains)) < len(grains):
        raise BadDataError(f"the answer has the date ranges {', '.join(grains)}; asked for: {', '.join(PERIOD_STARTS)}")
    return {
        "date": pa.repeat(pa.scalar(day, DATE), page.rows),
        "grain": pa.array(grains, TEXT),
        "period_start": pa.array([PERIOD_STARTS[grain](day) for grain in grains], DATE),
    }


SITE_USERS = Stream(
    name="site_users",
    description="Unique users of the whole site from the start of a period through each day",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "Last day that is counted, in the property's time zone"),
        Field("grain", TEXT, "The period: week (ISO), month, quarter or year"),
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
