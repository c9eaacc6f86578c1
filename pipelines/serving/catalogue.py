"""What stands in PostgreSQL: our schemas, their tables, and the register of those that are ours to change."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from connectors.errors import ConfigurationError
from pipelines.serving.session import Session
from pipelines.serving.sql import literal, quoted

REGISTER = "serving"
"""The schema, after its prefix, of the table `tables`: which tables are Kompas', with their rows, and since when."""
Place = tuple[str, str]
"""Schema and table."""


@dataclass(frozen=True)
class Found:
    """A table as it stands: the types of its columns by name, and its comments by column ("" is the table's own)."""

    columns: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)


class Catalogue:
    """What stands there. Made within a transaction, in which nobody else serves beside it."""

    def __init__(self, session: Session, prefix: str) -> None:
        self._session = session
        self.register = (prefix + REGISTER, "tables")
        self.make_schema(self.register[0])
        if not self.tables([self.register[0]]):
            columns = "schema_name text, table_name text, rows bigint, served_at timestamp with time zone"
            session.run(f"create table {quoted(*self.register)} ({columns}, primary key (schema_name, table_name))")
        session.run(f"lock table {quoted(*self.register)} in exclusive mode")

    def make_schema(self, name: str) -> None:
        """`create schema if not exists` asks for the right to make one also where it exists."""
        if not has_schema(self._session, name):
            self._session.run(f"create schema {quoted(name)}")

    def tables(self, schemas: Iterable[str]) -> dict[Place, Found]:
        """The tables of these schemas, views and those of others among them."""
        found: dict[Place, Found] = {}
        names = ", ".join(map(literal, schemas)) or "null"
        for schema, table, column, kind, comment, about in self._session.rows(_TABLES.format(schemas=names)):
            one = found.setdefault((schema, table), Found(comments={"": about} if about else {}))
            if column is not None:
                one.columns[column] = kind
            if comment:
                one.comments[column] = comment
        return found

    def ours(self) -> set[Place]:
        """The tables that Kompas has made."""
        rows = self._session.rows(f"select schema_name, table_name from {quoted(*self.register)}")
        return {(schema, table) for schema, table in rows}

    def note(self, rows: dict[Place, int]) -> None:
        """Write down what was served just now."""
        self._session.run(f"delete from {quoted(*self.register)}")
        values = ", ".join(f"({literal(place[0])}, {literal(place[1])}, {rows[place]}, now())" for place in rows)
        if values:
            self._session.run(f"insert into {quoted(*self.register)} values {values}")

    def unreadable(self, places: Collection[Place], role: str) -> list[Place]:
        """Those of the tables that a role may not read yet."""
        rows = self._session.rows(
            f"""select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind = 'r' and not (has_table_privilege({literal(role)}, c.oid, 'select')
                                               and has_schema_privilege({literal(role)}, n.oid, 'usage'))"""
        )
        return [(schema, table) for schema, table in rows if (schema, table) in places]


def has_schema(session: Session, name: str) -> bool:
    """Whether there is a schema of this name."""
    return bool(session.rows(f"select 1 from pg_namespace where nspname = {literal(name)}"))


def hold_apart(published: Collection[Place], there: Collection[Place], ours: Collection[Place]) -> None:
    """Raises ConfigurationError when a table of somebody else has the name of a published one."""
    foreign = sorted(set(published) & set(there) - set(ours))
    if foreign:
        names = ", ".join(".".join(place) for place in foreign[:3])
        raise ConfigurationError(
            f"{names} is in PostgreSQL already, and not of Kompas", hint="choose another serving.postgres.schema_prefix"
        )


_TABLES = """
    select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
           col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class')
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname in ({schemas}) and c.relkind in ('r', 'v', 'm', 'p', 'f')
    order by n.nspname, c.relname, a.attnum
"""
