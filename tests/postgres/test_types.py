"""DuckDB's types in PostgreSQL: the same values, in types that BI tools know."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from tests.postgres.conftest import House

TYPES: list[tuple[str, str, Any]] = [
    ("true", "boolean", True),
    ("date '2026-11-15'", "date", date(2026, 11, 15)),
    ("time '05:10'", "time without time zone", time(5, 10)),
    ("timestamp '2026-11-15 05:10'", "timestamp without time zone", datetime(2026, 11, 15, 5, 10)),
    ("timestamptz '2026-11-15 05:10:00+01'", "timestamp with time zone", datetime(2026, 11, 15, 4, 10, tzinfo=UTC)),
    ("timestamp_ns '2026-11-15 05:10:00'", "timestamp without time zone", datetime(2026, 11, 15, 5, 10)),
    ("7::tinyint", "smallint", 7),
    ("7::smallint", "smallint", 7),
    ("7::integer", "integer", 7),
    ("7::bigint", "bigint", 7),
    ("7::utinyint", "smallint", 7),
    ("7::usmallint", "integer", 7),
    ("4294967295::uinteger", "bigint", 4294967295),
    ("18446744073709551615::ubigint", "numeric(20,0)", Decimal(18446744073709551615)),
    ("170141183460469231731::hugeint", "numeric(38,0)", Decimal(170141183460469231731)),
    ("0.5::float", "real", 0.5),
    ("0.1::double", "double precision", 0.1),
    ("-1234.560000::decimal(18, 6)", "numeric(18,6)", Decimal("-1234.560000")),
    ("0.01::decimal(38, 10)", "numeric(38,10)", Decimal("0.01")),
    ("'Zoë’s €'", "text", "Zoë’s €"),
    ("'a' || chr(0) || 'b'", "text", "ab"),
    ("'\\x00ff'::blob", "bytea", b"\x00ff"),
    ("'7a1f2c3e-0000-4000-8000-000000000001'::uuid", "text", "7a1f2c3e-0000-4000-8000-000000000001"),
    ("'at_risk'::enum('at_risk', 'on_target')", "text", "at_risk"),
    ("interval 3 days", "text", "3 days"),
    ("['a', 'b']", "json", ["a", "b"]),
    ("{'a': 1}", "json", {"a": 1}),
    ("map {'a': 1}", "json", {"a": 1}),
    ("'{\"a\": 1}'::json", "json", {"a": 1}),
]


@pytest.fixture(scope="module")
def table(server: Any, tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("types"), server)
    values = ", ".join(f"{value} as c{number}" for number, (value, _, _) in enumerate(TYPES))
    house.publish("create schema kpi", f"create table kpi.t as select {values} union all by name select null as c0")
    house.serve()
    return house


@pytest.mark.parametrize("number", range(len(TYPES)), ids=[kind for _, kind, _ in TYPES])
def test_a_value_arrives_with_its_type(table: House, number: int) -> None:
    _, kind, value = TYPES[number]
    found = table.rows(f"select c{number}, pg_typeof(c{number})::text from kompas_kpi.t where c0")
    assert found == [(value, kind.split("(")[0])]


@pytest.mark.parametrize("number", range(len(TYPES)), ids=[kind for _, kind, _ in TYPES])
def test_the_type_is_declared_as_it_is_compared(table: House, number: int) -> None:
    query = f"""select format_type(atttypid, atttypmod) from pg_attribute
                where attrelid = 'kompas_kpi.t'::regclass and attname = 'c{number}'"""
    assert table.rows(query) == [(TYPES[number][1],)]


def test_unknown_stays_unknown(table: House) -> None:
    (row,) = table.rows("select * from kompas_kpi.t where c0 is null")
    assert set(row) == {None}


def test_a_second_night_finds_nothing_to_change(table: House) -> None:
    assert table.serve().notes == []
