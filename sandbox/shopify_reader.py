"""Rows of the shop as one app sees it at one moment: which they are, and their JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from sandbox.company import World
from sandbox.shopify_app import App
from sandbox.shopify_compiler import Place
from sandbox.shopify_customers import ENTITIES
from sandbox.shopify_sql import Tables

WANTED = "SELECT id FROM wanted"
"""The scope of the rows that `Reader.read` is asked for."""
# As text and materialised: a parameter that is a list of 5,000 numbers takes DuckDB a hundred times as long.
WANTED_KEYS = """wanted AS MATERIALIZED (
    SELECT unnest(keys) AS id, generate_subscripts(keys, 1) AS position FROM (SELECT $1::BIGINT[] AS keys))"""


@dataclass(frozen=True)
class Reader:
    """One request's or one export's view: nothing changes while it lives. `now` is naive UTC."""

    world: World
    app: App
    now: datetime

    @classmethod
    def of(cls, world: World, app: App) -> Reader:
        """The view of this moment."""
        return cls(world, app, world.clock)

    def visible(self, entity: str) -> str:
        """The condition on rows that the app may see."""
        return f"{ENTITIES[entity].seen} AND {self.app.window(entity)}"

    def find(self, entity: str, where: str, sort: str, descending: bool, limit: int) -> list[tuple[int, Any]]:
        """(key, sort value) of the first rows that fit, sorted; ties by key."""
        return self._query(f"{self._sorted(entity, where, sort, descending)} LIMIT {limit}")

    def keys(self, entity: str, where: str, sort: str, descending: bool) -> pa.Array:
        """The keys of all rows that fit, sorted: 8 bytes a row."""
        sql = self._stamped(f"SELECT id FROM ({self._sorted(entity, where, sort, descending)})")
        return self.world.arrow(sql, []).column(0).combine_chunks()

    def _sorted(self, entity: str, where: str, sort: str, descending: bool) -> str:
        direction = "DESC" if descending else "ASC"
        return f"""SELECT {ENTITIES[entity].key} AS id, {sort} AS value {self._from(entity, where + sort)}
            WHERE {self.visible(entity)} AND {where} ORDER BY value {direction}, id {direction}"""

    def count(self, entity: str, where: str) -> int:
        """How many rows fit."""
        found = self._query(f"SELECT count(*) {self._from(entity, where)} WHERE {self.visible(entity)} AND {where}")
        return int(found[0][0])

    def read(self, keys: Sequence[int], place: Place, columns: Sequence[str]) -> list[tuple[str, ...]]:
        """The JSON columns of these rows, in this order; rows that are not visible are left out."""
        tables = place.tables.clause(" ".join(columns))
        return self._query(
            f"""WITH {WANTED_KEYS}
            SELECT {", ".join(columns)} FROM {tables} JOIN wanted ON wanted.id = {ENTITIES[place.entity].key}
            WHERE {self.visible(place.entity)} ORDER BY wanted.position""",
            [str(list(keys))],
        )

    def lines(
        self, keys: Sequence[int], place: Place, json: str, parent: str, where: str
    ) -> list[tuple[int, int, str]]:
        """(parent's key, own key, JSON) of the rows that belong to the root rows `keys`."""
        entity = ENTITIES[place.entity]
        return self._query(
            f"""WITH {WANTED_KEYS}
            SELECT {parent}, {entity.key}, {json} FROM {place.tables.clause(json + parent)}
            WHERE {self.visible(place.entity)} AND {where}""",
            [str(list(keys))],
        )

    def _from(self, entity: str, expressions: str) -> str:
        return "FROM " + Tables.of(ENTITIES[entity], None).clause(expressions)

    def _query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.world.query(self._stamped(sql), list(parameters))

    def _stamped(self, sql: str) -> str:
        return sql.replace("$now", f"TIMESTAMP '{self.now.isoformat(sep=' ')}'")
