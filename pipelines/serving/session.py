"""A session with PostgreSQL over ADBC, in which transactions are ours.

The driver's own transactions cannot go back to a savepoint once a statement has failed, so its autocommit stays on, and
`begin` and `commit` are statements like others.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as postgresql
import pyarrow as pa

from pipelines.serving.address import Address
from pipelines.serving.fault import Refused

LOCKED = ("55P03", "40P01")
"""SQLSTATEs: a lock that was not given in time, and a deadlock."""
_LOCK_S, _TURN_S = 10.0, 0.2
"""How long to wait for a lock that no reader holds; and how long at a time for one that readers do hold, as those who
come after us wait behind us. A fifth of the second after which PostgreSQL looks for deadlocks: it is never a reader
that is sent away."""
_SILENT_MIN = 10
"""A session that is heard no more, as its machine is gone, is ended by the server."""


class Session:
    """An open connection. Every method raises Refused."""

    def __init__(self, address: Address) -> None:
        with _refusals():
            self._connection = postgresql.connect(address.url, autocommit=True)
        self._cursor = self._connection.cursor()
        self.run(f"set lock_timeout = '{_LOCK_S}s'")
        self.run(f"set idle_in_transaction_session_timeout = '{_SILENT_MIN}min'")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._cursor.close()
        self._connection.close()

    def run(self, statement: str) -> None:
        """Run one statement."""
        with _refusals():
            self._cursor.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with _refusals():
            self._cursor.execute(query)
            return [tuple(row) for row in self._cursor.fetchall()]

    def copy(self, schema: str, table: str, batches: pa.RecordBatchReader) -> int:
        """Append rows to a table by PostgreSQL's binary COPY, column by name; the number of rows."""
        with _refusals():
            return int(self._cursor.adbc_ingest(table, batches, mode="append", db_schema_name=schema))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it, or nothing."""
        self.run("begin")
        try:
            yield
        except BaseException:
            # Where the connection is gone, the server has rolled back by itself; the first error is the one to tell.
            with suppress(Refused):
                self.run("rollback")
            raise
        self.run("commit")

    def patiently(self, change: Callable[[], None], patience_s: float) -> None:
        """Make a change that waits for readers, within a transaction: in short turns, until they let it through.

        Raises the last Refused when none did within `patience_s` seconds.
        """
        until = time.monotonic() + patience_s
        while True:
            try:
                return self._turn(change)
            except Refused as refused:
                if refused.state not in LOCKED or time.monotonic() > until:
                    raise
            time.sleep(random.uniform(0.5, 1.5) * _TURN_S)

    def _turn(self, change: Callable[[], None]) -> None:
        self.run("savepoint turn")
        self.run(f"set local lock_timeout = '{_TURN_S}s'")
        try:
            change()
        except Refused:
            self.run("rollback to savepoint turn")
            self.run("release savepoint turn")
            raise
        self.run(f"set local lock_timeout = '{_LOCK_S}s'")
        self.run("release savepoint turn")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except adbc_driver_manager.Error as error:
        raise Refused(error) from None
