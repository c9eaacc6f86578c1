"""A platform for tests of the ingest loop: rows come from a function, errors when it raises them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pyarrow as pa

from connectors.columns import batch
from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, PlatformSettings
from connectors.load import Load
from connectors.stream import ACCOUNT_ID, COUNT, DATE, TEXT, TIMESTAMP, Field, Kind, Stream, Window
from pipelines.ingest import Night

TZ = ZoneInfo("Europe/Amsterdam")
Rows = list[dict[str, Any]]
Source = Callable[[Account, Window, Load], Rows]


def _pull(name: str) -> Any:
    def pull(connector: Acme, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
        load.request()
        stream = Acme.stream(name)
        rows = connector.sources[name](account, window, load)
        columns = {field.name: [row.get(field.name) for row in rows] for field in stream.fields}
        yield batch(stream, columns | {"account_id": [account.id] * len(rows)}, load)

    return pull


SPEND = Stream(
    "spend",
    "Spend by day",
    Kind.REPORT,
    (ACCOUNT_ID, Field("date", DATE, "Day"), Field("spend", COUNT, "Euros", "EUR", measure=True)),
    ("account_id", "date"),
    "date",
    _pull("spend"),
    look_back_days=3,
    slice_days=2,
)
ORDERS = Stream(
    "orders",
    "Orders",
    Kind.ENTITY,
    (
        ACCOUNT_ID,
        Field("order_id", TEXT, "Order"),
        Field("updated_at", TIMESTAMP, "Last change"),
        Field("total", COUNT, "Euros", "EUR", measure=True),
    ),
    ("account_id", "order_id"),
    "updated_at",
    _pull("orders"),
)


class Acme(Connector[PlatformSettings]):
    name = "acme"
    title = "Acme"
    streams: ClassVar = (SPEND, ORDERS)
    Settings = PlatformSettings

    def __init__(self, accounts: list[str], provisional_days: int | None = None, **sources: Source) -> None:
        settings = PlatformSettings(
            accounts=[AccountSettings(id=name) for name in accounts],
            provisional_days={"spend": provisional_days} if provisional_days else {},
        )
        super().__init__(settings, Company())
        self.sources = sources

    def check(self, account: Account) -> AccountFacts:
        return AccountFacts(account.id)


def night(last: date, first: date | None = None, history_days: int = 5) -> Night:
    return Night("run-1", first or last, last, history_days, TZ)


def daily(value: int) -> Source:
    """The same spend on every day of the window."""
    return lambda account, window, load: [{"date": day, "spend": value} for day in window.days]
