"""The SQL around compiled rows: FROM clauses, nested lists and nested connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.shopify_fields import Entity, Scope, within

EMPTY = "'[]'"


@dataclass
class Tables:
    """The FROM clause of one SELECT while its expressions are being compiled.

    `joins` are used where an expression names their alias, `lists` always; in this order.
    """

    source: str
    joins: dict[str, str] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, entity: Entity, scope: Scope) -> Tables:
        """The tables of an entity's rows in hand."""
        tables = cls(entity.source)
        tables.offer(entity, scope)
        return tables

    def offer(self, entity: Entity, scope: Scope) -> None:
        """Make an entity's joins available."""
        self.joins |= {alias: make(scope) for alias, make in entity.joins.items()}

    def clause(self, expressions: str) -> str:
        """The text behind FROM for these expressions."""
        used = [join for alias, join in self.joins.items() if f"{alias}." in expressions]
        return " ".join([self.source, *used, *self.lists])


@dataclass(frozen=True)
class Slice:
    """Children of a row: which (`child` column in `scope`, and `where`), how they are ordered, how many at most."""

    entity: Entity
    child: str
    scope: Scope
    where: str = "TRUE"
    descending: bool = False
    most: int | None = None

    @property
    def keys(self) -> str:
        """A subquery of the children's own keys: their scope."""
        return f"SELECT {self.entity.key} FROM {self.entity.source} WHERE {self.condition}"

    @property
    def condition(self) -> str:
        """Which rows are children, known by now."""
        return f"{self.entity.seen} AND {within(self.child, self.scope)} AND {self.where}"


def cursor(key: str, value: str) -> str:
    """Shopify's opaque cursor of a nested row, made in SQL: base64 of its id and sort value."""
    return f"""base64(encode('{{"last_id":' || {key} || ',"last_value":"' || {value} || '"}}'))"""


def children(alias: str, parent_key: str, part: Slice, tables: str, columns: Sequence[str]) -> str:
    """Join `alias`: per parent the lists c0, c1 … of the JSON columns, `more`, `first_cursor`, `last_cursor`."""
    direction = "DESC" if part.descending else "ASC"
    kept = "" if part.most is None else f" FILTER (WHERE n <= {part.most})"
    rows = "".join(f", {column} AS c{position}" for position, column in enumerate(columns))
    lists = "".join(
        f", concat('[', string_agg(c{position}, ',' ORDER BY n){kept}, ']') AS c{position}"
        for position in range(len(columns))
    )
    more = "FALSE" if part.most is None else f"max(n) > {part.most}"
    return f"""LEFT JOIN (
        SELECT parent{lists}, {more} AS more,
            arg_min(place, n){kept} AS first_cursor, arg_max(place, n){kept} AS last_cursor
        FROM (
            SELECT {part.child} AS parent, {cursor(part.entity.key, part.entity.key)} AS place{rows},
                row_number() OVER (PARTITION BY {part.child} ORDER BY {part.entity.key} {direction}) AS n
            FROM {tables}
            WHERE {part.condition}
        ) GROUP BY parent
    ) AS {alias} ON {alias}.parent = {parent_key}"""
