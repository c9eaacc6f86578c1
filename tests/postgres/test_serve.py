"""What PostgreSQL has after a night was served."""

from __future__ import annotations

import pytest

from connectors.errors import ConfigurationError
from tests.postgres.conftest import House


def test_every_published_table_is_there_with_its_rows(house: House) -> None:
    house.publish(
        "create schema kpi",
        "create schema marts",
        "create table kpi.kpi_values as select range as n from range(7)",
        "create view marts.seen as select n + 1 as n from kpi.kpi_values",
    )
    assert house.serve().tables == {("kompas_kpi", "kpi_values"): 7, ("kompas_marts", "seen"): 7}
    assert house.rows("select sum(n) from kompas_marts.seen") == [(28,)]


def test_the_next_night_replaces_the_rows(house: House) -> None:
    for night in (1, 2):
        house.night(night)
        house.serve()
    assert house.rows("select distinct night from kompas_kpi.t0") == [(2,)]


def test_meanings_come_along_and_follow_their_changes(house: House) -> None:
    for meaning in ("The day''s figure", "Another meaning"):
        house.publish(
            "create schema kpi",
            "create table kpi.t as select 1 as n",
            f"comment on table kpi.t is '{meaning}'",
            f"comment on column kpi.t.n is '{meaning}'",
        )
        house.serve()
    assert house.rows(
        "select obj_description('kompas_kpi.t'::regclass), col_description('kompas_kpi.t'::regclass, 1)"
    ) == [("Another meaning", "Another meaning")]


def test_readers_may_read_and_not_write(house: House) -> None:
    with house.connect() as admin:
        admin.execute("create role bi_reader login password 'lezen'")
    house.night(1)
    house.serve(readers=["bi_reader"])
    with house.connect(user="bi_reader", password="lezen") as reader:
        assert reader.execute("select max(night) from kompas_kpi.t0").fetchone() == (1,)
        assert reader.execute("select count(*) from kompas_serving.tables").fetchone() == (4,)
        with pytest.raises(Exception, match="permission denied"):
            reader.execute("delete from kompas_kpi.t0")


def test_the_prefix_may_be_empty(house: House) -> None:
    house.night(1)
    house.serve(schema_prefix="")
    assert house.rows("select max(night) from kpi.t0") == [(1,)]


def test_a_table_of_somebody_else_is_never_touched(house: House) -> None:
    with house.connect() as somebody:
        somebody.execute("create schema kompas_kpi")
        somebody.execute("create table kompas_kpi.t0 as select 'mine' as night")
    house.night(1)
    with pytest.raises(ConfigurationError, match=r"kompas_kpi.t0 is in PostgreSQL already, and not of Kompas"):
        house.serve()
    assert house.rows("select night from kompas_kpi.t0") == [("mine",)]


def test_a_user_s_own_table_beside_ours_stays(house: House) -> None:
    house.night(1)
    house.serve()
    with house.connect() as somebody:
        somebody.execute("create table kompas_kpi.notes as select 'mine' as text")
    house.night(2)
    house.serve()
    assert house.rows("select text from kompas_kpi.notes") == [("mine",)]
