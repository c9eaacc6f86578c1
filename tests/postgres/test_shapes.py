"""Nights whose tables are not those of the night before."""

from __future__ import annotations

from tests.postgres.conftest import House

KPI = "create schema kpi"


def columns(house: House, table: str) -> dict[str, str]:
    return dict(
        house.rows(
            f"""select attname, format_type(atttypid, atttypmod) from pg_attribute
                where attrelid = 'kompas_kpi.{table}'::regclass and attnum > 0 and not attisdropped"""
        )
    )


def test_columns_come_go_and_change_their_type(house: House) -> None:
    house.publish(KPI, "create table kpi.t as select 1 as stays, 2 as goes, 3::double as changes")
    house.serve()
    house.publish(KPI, "create table kpi.t as select 1 as stays, 'x' as comes, 3.25::decimal(9, 2) as changes")
    assert house.serve().notes == []
    assert columns(house, "t") == {"stays": "integer", "comes": "text", "changes": "numeric(9,2)"}
    assert house.rows("select stays, comes, changes::text from kompas_kpi.t") == [(1, "x", "3.25")]


def test_a_column_that_a_view_uses_stays_as_unknown_until_the_view_is_gone(house: House) -> None:
    house.publish(KPI, "create table kpi.t as select 1 as stays, 2 as goes, 3::double as changes")
    house.serve()
    with house.connect() as user:
        user.execute("create view public.mine as select stays, goes, changes from kompas_kpi.t")
    house.publish(KPI, "create table kpi.t as select 5 as stays, 7 as changes")
    gone, changed = house.serve().notes
    assert "kompas_kpi.t.goes is no longer published as integer, and NULL: view mine depends on" in gone
    assert "kompas_kpi.t.changes is no longer published as double precision, and NULL" in changed
    assert house.rows("select stays, goes, changes from public.mine") == [(5, None, None)]
    assert house.rows("select stays, changes from kompas_kpi.t") == [(5, 7)]
    with house.connect() as user:
        user.execute("drop view public.mine")
    assert house.serve().notes == []
    assert columns(house, "t") == {"stays": "integer", "changes": "integer"}


def test_a_table_that_is_no_longer_published_is_dropped(house: House) -> None:
    house.night(1, tables=2)
    house.serve()
    house.night(2, tables=1)
    assert house.serve().notes == []
    assert house.rows("select count(*) from pg_tables where schemaname = 'kompas_kpi'") == [(1,)]


def test_one_that_a_view_uses_stays_empty_until_the_view_is_gone(house: House) -> None:
    house.night(1, tables=2)
    house.serve()
    with house.connect() as user:
        user.execute("create view public.mine as select night from kompas_kpi.t1")
    house.night(2, tables=1)
    (note,) = house.serve().notes
    assert note.startswith("kompas_kpi.t1 is no longer published, and empty: view mine depends on")
    assert house.rows("select * from public.mine") == []
    with house.connect() as user:
        user.execute("drop view public.mine")
    assert house.serve().notes == []
    assert house.rows("select to_regclass('kompas_kpi.t1')") == [(None,)]


def test_a_table_that_somebody_dropped_is_made_again(house: House) -> None:
    house.night(1)
    house.serve()
    with house.connect() as user:
        user.execute("drop table kompas_kpi.t0")
    house.serve()
    assert house.rows("select distinct night from kompas_kpi.t0") == [(1,)]
