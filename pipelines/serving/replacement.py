"""One night in place of another, in PostgreSQL, within one transaction.

The tables stay, and their rows are replaced: PostgreSQL then shows everybody the old night until the moment of the
commit, and the new one afterwards. Nobody waits for anybody, and what users built on the tables (views, grants,
indexes) stays. DECISIONS.md has the other ways, and what they cost.

Only a night whose tables have other columns needs locks that readers hold; it takes them in short turns.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.serving.catalogue import Catalogue, Found, Place, hold_apart
from pipelines.serving.difference import Difference, difference, set_aside
from pipelines.serving.fault import Refused
from pipelines.serving.published import Table, Warehouse
from pipelines.serving.session import LOCKED, Session
from pipelines.serving.settings import PostgresSettings
from pipelines.serving.sql import literal, quoted, role

_NEEDED = "2BP01"
"""SQLSTATE: something of a user depends on it."""


@dataclass
class Served:
    """What was served: rows by schema and table, seconds, and what a person should know."""

    database: str
    tables: dict[Place, int] = field(default_factory=dict)
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


class Replacement:
    """Made within a transaction, which its `make` fills."""

    def __init__(
        self, session: Session, warehouse: Warehouse, settings: PostgresSettings, served: Served, patience_s: float
    ) -> None:
        self._session, self._warehouse, self._settings = session, warehouse, settings
        self._served, self._patience_s = served, patience_s
        self._catalogue = Catalogue(session, settings.schema_prefix)

    def make(self) -> None:
        prefix = self._settings.schema_prefix
        published = {(prefix + table.schema, table.name): table for table in self._warehouse.tables()}
        ours = self._catalogue.ours()
        there = self._catalogue.tables({schema for schema, _ in {*published, *ours}})
        hold_apart(published, there, ours)
        # Those with other columns come last: from then on, their readers wait.
        for place in sorted(published, key=lambda place: bool(self._other(published[place], there.get(place)))):
            self._replace_one(place, published[place], there.get(place))
        for place in sorted(ours & there.keys() - published.keys()):
            self._give_up(place)
        self._let_read()
        self._catalogue.note(self._served.tables)

    def _other(self, table: Table, found: Found | None) -> Difference | None:
        return difference(table.columns, found.columns) if found else None

    def _replace_one(self, place: Place, table: Table, found: Found | None) -> None:
        if found is None:
            self._create(place, table)
        elif other := self._other(table, found):
            self._session.patiently(lambda: self._alter(place, other, found), self._patience_s)
        self._session.run(f"delete from {quoted(*place)}")
        self._served.tables[place] = self._session.copy(*place, self._warehouse.batches(table))
        self._comment(place, table, found or Found())

    def _create(self, place: Place, table: Table) -> None:
        self._catalogue.make_schema(place[0])
        columns = ", ".join(f"{quoted(column.name)} {column.type}" for column in table.columns)
        self._session.run(f"create table {quoted(*place)} ({columns})")

    def _alter(self, place: Place, other: Difference, found: Found) -> None:
        self._session.run(f"lock table {quoted(*place)} in access exclusive mode")
        for name in (*other.gone, *(column.name for column in other.retyped)):
            self._drop_column(place, name, found.columns[name], renamed=name not in other.gone)
        for column in (*other.added, *other.retyped):
            self._session.run(f"alter table {quoted(*place)} add column {quoted(column.name)} {column.type}")

    def _drop_column(self, place: Place, name: str, old_type: str, *, renamed: bool) -> None:
        """A column that somebody's view uses stays, and is NULL from now on: unknown, and not of another night."""
        try:
            self._session.patiently(
                lambda: self._session.run(f"alter table {quoted(*place)} drop column {quoted(name)}"), 0
            )
        except Refused as refused:
            if refused.state != _NEEDED:
                raise
            self._served.notes.append(
                f"{'.'.join(place)}.{name} is no longer published as {old_type}, and NULL: {refused.detail}"
            )
            if renamed:
                aside = quoted(set_aside(name, old_type))
                self._session.run(f"alter table {quoted(*place)} rename column {quoted(name)} to {aside}")

    def _give_up(self, place: Place) -> None:
        """Drop a table that is no longer published. One that somebody uses stays, without rows, for another night."""
        try:
            self._session.patiently(lambda: self._session.run(f"drop table {quoted(*place)}"), self._patience_s)
        except Refused as refused:
            if refused.state not in (_NEEDED, *LOCKED):
                raise
            self._session.run(f"delete from {quoted(*place)}")
            self._served.tables[place] = 0
            used = refused.detail or "it is being read"
            self._served.notes.append(f"{'.'.join(place)} is no longer published, and empty: {used}")

    def _comment(self, place: Place, table: Table, found: Found) -> None:
        """Only what differs: a comment waits for those who vacuum the table."""
        about = [(f"table {quoted(*place)}", table.comment, found.comments.get(""))]
        about += [
            (f"column {quoted(*place, one.name)}", one.comment, found.comments.get(one.name)) for one in table.columns
        ]
        for what, comment, before in about:
            if comment != before:
                self._session.run(f"comment on {what} is {literal(comment)}")

    def _let_read(self) -> None:
        places = [*self._served.tables, self._catalogue.register]
        for reader in self._settings.readers:
            for place in self._catalogue.unreadable(places, reader):
                self._session.run(f"grant usage on schema {quoted(place[0])} to {role(reader)}")
                self._session.run(f"grant select on {quoted(*place)} to {role(reader)}")
