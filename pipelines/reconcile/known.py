"""What Kompas knows of a question: the published figures by day, the raw rows in the lake, and the ledgers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import duckdb
import pyarrow as pa

from connectors.registry import CONNECTORS
from pipelines import ledger, register
from pipelines.ingest import conform
from pipelines.lake import Lake
from pipelines.publish import existing
from pipelines.reconcile.answer import Question
from pipelines.reconcile.measures import Measured
from pipelines.settings import Settings

Row = dict[str, Any]


@dataclass(frozen=True)
class Daily:
    """A day of an account: Kompas' amount (EUR or a count), and the same in the account's own currency."""

    account_id: str
    day: date
    amount: float
    native: float


class Known:
    """Reads once, offline. Days are those of the period until the newest night."""

    def __init__(self, settings: Settings, question: Question, measured: Measured) -> None:
        self.settings, self.question, self.measured = settings, question, measured
        self.lake = Lake.at(settings.lake_url)
        self.run_day = register.latest_run_day(self.lake)
        existing(settings.warehouse)
        if question.period.start > self.run_day:
            raise LookupError(f"{question.period} begins after the newest night, {self.run_day}")

    @property
    def through(self) -> date:
        return min(self.question.period.end, self.run_day)

    @cached_property
    def days(self) -> list[Daily]:
        """Kompas' figure by account and day. Raises LookupError where a part of it is unknown, or currencies differ."""
        of, native = self.measured, self.measured.native or self.measured.amount
        currency = "currency" if of.native else "'EUR'"
        rows = self.published(
            f"""select account_id, {of.day} as day, sum({of.amount})::double as amount, sum({native})::double as native,
                    count({of.amount}) < count(*) as is_unknown, min({currency}) as low, max({currency}) as high
                from {of.table} where platform = $connector and list_contains($accounts, account_id)
                    and {of.day} between $start and $through group by all order by all""",
            self.through,
        )
        if unknown := [row["day"] for row in rows if row["is_unknown"]]:
            raise LookupError(f"Kompas has no figure: an amount or an exchange rate of {min(unknown)} is unknown")
        self.currency = self._currency({row["low"] for row in rows} | {row["high"] for row in rows})
        return [Daily(row["account_id"], row["day"], row["amount"], row["native"]) for row in rows]

    def _currency(self, found: set[str]) -> str:
        if len(found) > 1:
            accounts = ", ".join(self.question.accounts)
            raise LookupError(f"the accounts are in {', '.join(sorted(found))}: choose one of {accounts} by --account")
        return next(iter(found), self.settings.company.currency)

    @cached_property
    def loads(self) -> dict[tuple[str, date], Row]:
        """The load of each day of each account, by (account, day)."""
        rows = self.published(
            """select account_id, day, is_complete, flags from marts.data_quality
               where platform = $connector and stream = $stream and list_contains($accounts, account_id)
                   and day between $start and $through""",
            self.question.period.end,
            stream=self.measured.stream,
        )
        return {(row["account_id"], row["day"]): row for row in rows}

    def published(self, sql: str, through: date, **values: object) -> list[Row]:
        """Rows of the published warehouse, with `$connector`, `$accounts`, `$start` and `$through` of the question."""
        asked = {"connector": self.question.connector, "accounts": list(self.question.accounts)}
        told = asked | {"start": self.question.period.start, "through": through} | values
        used = {name: value for name, value in told.items() if f"${name}" in sql}
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            return connection.execute(sql, used).to_arrow_table().to_pylist()

    def raw(self, stream: str, days: Iterable[date] | None = None) -> pa.Table:
        """Rows of the accounts in a raw stream: of the files of these days, else of all."""
        name = self.question.connector
        schema = CONNECTORS[name].stream(stream).schema
        chosen = self.lake.days(name, stream) if days is None else days
        parts = [conform(found, schema) for day in chosen if (found := self.lake.read(name, stream, day)) is not None]
        rows = pa.concat_tables(parts) if parts else schema.empty_table()
        return self.query("from rows where list_contains($accounts, account_id)", rows, accounts=self.question.accounts)

    def column_sum(self, stream: str, column: str) -> float:
        """Sum of a raw column over the days of the figure."""
        rows = self.raw(stream, self.span(self.question.period.start, self.through))
        return float(self.query(f"select sum({column})::double as total from rows", rows)["total"][0].as_py() or 0.0)

    @staticmethod
    def query(sql: str, rows: pa.Table, **values: object) -> pa.Table:
        """A query over `rows`."""
        told = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            connection.register("rows", rows)
            return connection.execute(sql, told).to_arrow_table()

    def ledger(self, table: str) -> list[Row]:
        """Rows of a ledger that are of the platform and the accounts."""
        found = ledger.read(self.lake, table, self.question.connector)
        rows: list[Row] = found.to_pylist() if found is not None else []
        return [row for row in rows if row["account_id"] in self.question.accounts]

    @staticmethod
    def span(first: date, last: date) -> list[date]:
        """The days from the first through the last; none where the last is before the first."""
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]
