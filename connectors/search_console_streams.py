"""Search Console's streams: a site's totals by day, and its search terms by day.

They are two tables, as the terms do not add up to the totals: Google leaves out terms that few people search for.
Pages and countries are not asked for: by page, Google counts impressions and places in another way.
Source: https://support.google.com/webmasters/answer/7576553 (anonymised queries, aggregation by property and page)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch
from connectors.load import Load
from connectors.records import Told, columns, note_unknown
from connectors.search_console_api import Question, Row
from connectors.search_console_reach import within_reach
from connectors.stream import ACCOUNT_ID, COUNT, DATE, NUMBER, TEXT, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.search_console import SearchConsole

_FIGURES = (
    Told(Field("clicks", COUNT, "Clicks on the site in Google's web search", measure=True), "clicks"),
    Told(Field("impressions", COUNT, "How often a link to the site was shown", measure=True), "impressions"),
    Told(Field("position", NUMBER, "Mean place of the site's topmost link, 1 is the highest"), "position"),
)
_ALSO_SENT = ("keys", "ctr")
"""The click rate is clicks over impressions, and not to be added up."""
_DAY = Field("date", DATE, "The day in Pacific time, as Google counts days")


def _pull_site(connector: SearchConsole, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    reach = within_reach(connector.api, account.id, window, load)
    if reach is None:
        return
    for rows in connector.api.pages(account.id, Question(reach), load):
        yield _batch(SITE_DAY, rows, ("date",), account, load)


def _pull_queries(connector: SearchConsole, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    reach = within_reach(connector.api, account.id, window, load)
    for day in reach.days if reach else ():
        question, seen = Question(Window(day, day), ("date", "query")), set[str]()
        for rows in connector.api.pages(account.id, question, load):
            yield _batch(QUERY_DAY, _once(rows, seen, load), question.dimensions, account, load)


def _once(rows: list[Row], seen: set[str], load: Load) -> list[Row]:
    """Rows whose term is new: terms with as many clicks come in any order, so one may stand on two pages."""
    fresh = []
    for row in rows:
        if row["keys"][1] in seen:
            load.reject("the term stands on two pages of its day", str(row))
        else:
            fresh.append(row)
        seen.add(row["keys"][1])
    return fresh


def _batch(stream: Stream, rows: list[Row], names: tuple[str, ...], account: Account, load: Load) -> pa.RecordBatch:
    note_unknown(load, _FIGURES, rows, _ALSO_SENT)
    made: dict[str, Any] = columns(_FIGURES, rows) | {"account_id": [account.id] * len(rows)}
    made |= {name: [row["keys"][n] for row in rows] for n, name in enumerate(names)}
    return batch(stream, made, load)


SITE_DAY = Stream(
    name="site_day",
    description="One row per property and day of web search, all terms together: the true totals",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, _DAY, *(told.field for told in _FIGURES)),
    key=("account_id", "date"),
    day_field="date",
    pull=_pull_site,
    look_back_days=5,
    slice_days=366,
    docs_url="https://developers.google.com/webmaster-tools/v1/searchanalytics/query",
)

QUERY_DAY = Stream(
    name="query_day",
    description="One row per property, day and search term of web search, without the terms that Google does not tell",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, _DAY, Field("query", TEXT, "The search term"), *(told.field for told in _FIGURES)),
    key=("account_id", "date", "query"),
    day_field="date",
    pull=_pull_queries,
    look_back_days=5,
    docs_url="https://developers.google.com/webmaster-tools/v1/searchanalytics/query",
)
