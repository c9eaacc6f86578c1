"""One GA4 report of any size: asked for page by page, checked to be whole, and turned into record batches.

Three things overlap, each one page ahead of the next: waiting for GA4, decoding, and whatever the caller does with a
batch. Memory holds a handful of pages, however many there are.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
from google.analytics.data_v1beta.types import RunReportRequest

from connectors import columns
from connectors.connector import Account
from connectors.errors import BadDataError, TransientError
from connectors.ga4_decode import Page
from connectors.ga4_transport import Client
from connectors.load import OTHER_ROW, RESTRICTED, SAMPLED, THRESHOLDED, Load, Pages
from connectors.stream import DATE, Stream, Window

PAGE_ROWS = 50_000
"""Rows of a page: GA4 allows 250,000 and charges tokens for each page, memory grows with it."""
OTHER = "(other)"
_REQUEST = RunReportRequest.pb()
T = TypeVar("T")


@dataclass(frozen=True)
class Query:
    """Which of GA4's dimensions and metrics fill which of our fields, and the dimension filter if there is one."""

    dimensions: Mapping[str, str]
    metrics: Mapping[str, str]
    only: Mapping[str, Any] | None = None

    def request(self, account_id: str, ranges: Sequence[Mapping[str, str]], limit: int = PAGE_ROWS) -> Any:
        """RunReportRequest as a raw protobuf message. Ordered by every dimension, so that pages do not shift."""
        names = list(self.dimensions.values())
        return _REQUEST(
            property=f"properties/{account_id}",
            dimensions=[{"name": name} for name in names],
            metrics=[{"name": name} for name in self.metrics.values()],
            date_ranges=ranges,
            dimension_filter=self.only,
            order_bys=[{"dimension": {"dimension_name": name}} for name in names],
            limit=limit,
            return_property_quota=True,
        )


def days(window: Window) -> dict[str, str]:
    """The date range of a window."""
    return {"start_date": window.start.isoformat(), "end_date": window.end.isoformat()}


def report(
    client: Client, stream: Stream, query: Query, *, account: Account, window: Window, load: Load
) -> Iterator[pa.RecordBatch]:
    """Rows of a report by date, in batches of the stream's schema.

    A sampled window is asked for again day by day, as GA4 samples by the number of events that an answer spans.
    """
    fetched = fetch(client, query.request(account.id, [days(window)]), load)
    first = next(fetched)
    if first.head.metadata.sampling_metadatas and window.start < window.end:
        fetched.close()
        for day in window.slices(1):
            yield from report(client, stream, query, account=account, window=day, load=load)
        return

    def decoded() -> Generator[pa.RecordBatch, None, None]:
        for page in _ahead(_chain(first, fetched)):
            note(page, load)
            if page.rows:
                found = _columns(stream, query, account, page)
                yield columns.batch(stream, _dated(found, window, load), load)

    yield from _ahead(decoded())


def fetch(client: Client, request: Any, load: Load) -> Generator[Page, None, None]:
    """The pages of a report; at least one, which may be empty.

    Raises BadDataError when a page comes twice or rows are missing at the end, TransientError when the report
    changed its length between two pages.
    """
    seen, received, promised = Pages(), 0, None
    while promised is None or received < promised:
        request.offset = received
        page = Page(client.run_report(request, load))
        if promised not in (None, page.head.row_count):
            raise TransientError(f"the report went from {promised} to {page.head.row_count} rows while it was read")
        promised = page.head.row_count
        received += page.rows
        if received > promised or (not page.rows and received < promised):
            raise BadDataError(f"{received} rows were received, but GA4 counts {promised}")
        if page.rows:
            seen.next(page.first)
        yield page


def note(page: Page, load: Load) -> None:
    """Keep what the answer says of itself beside its rows."""
    metadata, quota = page.head.metadata, page.head.property_quota
    flags = {
        SAMPLED: metadata.sampling_metadatas,
        THRESHOLDED: metadata.subject_to_thresholding,
        OTHER_ROW: metadata.data_loss_from_other_row,
        RESTRICTED: restricted(page) or metadata.data_truncation_reasons,
    }
    notes = {
        "currency": metadata.currency_code,
        "time_zone": metadata.time_zone,
        "empty_reason": metadata.empty_reason,
        "restricted": sorted(restricted(page)),
        "truncated": [reason.data_truncation_message for reason in metadata.data_truncation_reasons],
        "sampling": [f"{it.samples_read_count}/{it.sampling_space_size}" for it in metadata.sampling_metadatas],
        "unknown_types": page.unknown_types,
        "quota": {f.name: {"consumed": s.consumed, "remaining": s.remaining} for f, s in quota.ListFields()},
    }
    load.flag(*(flag for flag, raised in flags.items() if raised))
    load.note(**{name: value for name, value in notes.items() if value})


def restricted(page: Page) -> set[str]:
    """GA4's names of metrics that the credential may not see: they come as 0, and are unknown."""
    restrictions = page.head.metadata.schema_restriction_response.active_metric_restrictions
    return {restriction.metric_name for restriction in restrictions}


def measured(stream: Stream, query: Query, account: Account, page: Page) -> dict[str, pa.Array]:
    """The metrics of a page by field, with the account and, where the stream has it, the currency."""
    hidden = restricted(page)
    found = {
        field: page.metric(name, stream.schema.field(field).type)
        for field, name in query.metrics.items()
        if name not in hidden
    }
    found["account_id"] = pa.repeat(account.id, page.rows)
    if "currency" in stream.schema.names:
        found["currency"] = pa.repeat(_currency(page), page.rows)
    return found


def _currency(page: Page) -> str:
    currency: str = page.head.metadata.currency_code
    if page.rows and not currency:
        raise BadDataError("the answer does not say in which currency its amounts are")
    return currency


def _columns(stream: Stream, query: Query, account: Account, page: Page) -> dict[str, pa.Array]:
    texts = {field: page.dimension(name) for field, name in query.dimensions.items()}
    return texts | measured(stream, query, account, page)


def _dated(found: dict[str, pa.Array], window: Window, load: Load) -> dict[str, pa.Array]:
    """The columns with `date` as days; rows without a day of the window are rejected with their reason."""
    sent = found["date"]
    dates = pc.strptime(sent, format="%Y%m%d", unit="s", error_is_null=True).cast(DATE)
    within = pc.and_(pc.greater_equal(dates, pa.scalar(window.start)), pc.less_equal(dates, pa.scalar(window.end)))
    good = pc.fill_null(within, False)
    dated = found | {"date": dates}
    if pc.all(good).as_py():
        return dated
    for row in pc.indices_nonzero(pc.invert(good)).to_pylist():
        _reject(sent[row].as_py(), str({name: str(column[row]) for name, column in found.items()}), window, load)
    return {name: column.filter(good) for name, column in dated.items()}


def _reject(day: str, row: str, window: Window, load: Load) -> None:
    if day == OTHER:
        load.flag(OTHER_ROW)
        load.reject("date is (other): GA4 folded rows of several days into one, which has no day", row)
    else:
        load.reject(f"date is not a day of {window}: {day[:80]!r}", row)


def _chain(first: T, rest: Iterator[T]) -> Generator[T, None, None]:
    yield first
    yield from rest


def _ahead(items: Generator[T, None, None]) -> Generator[T, None, None]:
    """The same items; the next one is made in a thread while the caller is busy with this one."""
    try:
        with ThreadPoolExecutor(1, "ga4-ahead") as thread:
            coming = thread.submit(next, items, None)
            while (item := coming.result()) is not None:
                coming = thread.submit(next, items, None)
                yield item
    finally:
        items.close()
