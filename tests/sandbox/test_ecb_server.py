"""The ECB's data API: keys, periods, columns and refusals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import requests

from sandbox.company import World
from sandbox.server import Sandbox

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WEEK = {"startPeriod": "2026-11-16", "endPeriod": "2026-11-22", "format": "csvdata"}
# The header of an answer of the live service, September 2026.
HEADER = (
    "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,OBS_CONF,OBS_PRE_BREAK,"
    "OBS_COM,TIME_FORMAT,BREAKS,COLLECTION,COMPILING_ORG,DISS_ORG,DOM_SER_IDS,PUBL_ECB,PUBL_MU,PUBL_PUBLIC,"
    "UNIT_INDEX_BASE,COMPILATION,COVERAGE,DECIMALS,NAT_TITLE,SOURCE_AGENCY,SOURCE_PUB,TITLE,TITLE_COMPL,UNIT,UNIT_MULT"
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.02, first_day=date(2026, 11, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def ask(sandbox: Sandbox, key: str = "D.USD.EUR.SP00.A", **params: str) -> requests.Response:
    url = f"{sandbox.url('ecb')}/service/data/EXR/{key}"
    return requests.get(url, params={"format": "csvdata"} | params, timeout=30)


def rows(answer: requests.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


class TestData:
    def test_a_week_has_its_working_days(self, sandbox: Sandbox) -> None:
        days = [row["TIME_PERIOD"] for row in rows(ask(sandbox, **WEEK))]
        assert days == ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"]

    def test_columns_are_those_of_the_live_service(self, sandbox: Sandbox) -> None:
        assert ask(sandbox, **WEEK).text.splitlines()[0] == HEADER

    def test_a_row_says_what_it_is(self, sandbox: Sandbox) -> None:
        row = rows(ask(sandbox, **WEEK))[0]
        assert row["KEY"] == "EXR.D.USD.EUR.SP00.A"
        assert (row["FREQ"], row["CURRENCY"], row["CURRENCY_DENOM"], row["OBS_STATUS"]) == ("D", "USD", "EUR", "A")
        assert row["TITLE_COMPL"] == "ECB reference exchange rate, US dollar/Euro, 2.15 pm (C.E.T.)"

    def test_values_are_the_worlds(self, sandbox: Sandbox) -> None:
        told = {
            (row["CURRENCY"], row["TIME_PERIOD"]): Decimal(row["OBS_VALUE"])
            for row in rows(ask(sandbox, "D..EUR.SP00.A"))
        }
        known = sandbox.world.query(
            "SELECT currency, date, units_per_eur FROM fx_rates WHERE known_at <= ?", [sandbox.world.clock]
        )
        assert told == {(currency, str(day)): units for currency, day, units in known}

    def test_values_have_no_trailing_zeros(self, sandbox: Sandbox) -> None:
        values = [row["OBS_VALUE"] for row in rows(ask(sandbox, "D.JPY.EUR.SP00.A"))]
        assert not any("." in value and value.endswith("0") for value in values)

    def test_a_plus_means_or(self, sandbox: Sandbox) -> None:
        found = rows(ask(sandbox, "D.USD+GBP.EUR.SP00.A", **WEEK))
        assert [row["CURRENCY"] for row in found] == ["GBP"] * 5 + ["USD"] * 5

    @pytest.mark.parametrize("key", ["D..EUR.SP00.A", "D....", "....", ".USD..."])
    def test_an_empty_dimension_is_a_wildcard(self, sandbox: Sandbox, key: str) -> None:
        assert {"USD"} <= {row["CURRENCY"] for row in rows(ask(sandbox, key, **WEEK))}

    def test_dataonly_leaves_the_attributes_out(self, sandbox: Sandbox) -> None:
        assert list(rows(ask(sandbox, detail="dataonly", **WEEK))[0]) == HEADER.split(",")[:8]

    def test_the_last_observations_of_each_currency(self, sandbox: Sandbox) -> None:
        found = rows(ask(sandbox, "D.USD+GBP.EUR.SP00.A", endPeriod="2026-11-22", lastNObservations="1"))
        assert [(row["CURRENCY"], row["TIME_PERIOD"]) for row in found] == [
            ("GBP", "2026-11-20"),
            ("USD", "2026-11-20"),
        ]

    def test_the_first_observations_of_each_currency(self, sandbox: Sandbox) -> None:
        found = rows(ask(sandbox, startPeriod="2026-11-14", firstNObservations="2"))
        assert [row["TIME_PERIOD"] for row in found] == ["2026-11-16", "2026-11-17"]

    @pytest.mark.parametrize(
        ("start", "end", "first", "last"),
        [
            ("2025", "2025", "2025-01-02", "2025-12-31"),
            ("2025-02", "2025-02", "2025-02-03", "2025-02-28"),
            ("2025-Q2", "2025-Q2", "2025-04-01", "2025-06-30"),
        ],
    )
    def test_periods_may_be_longer_than_a_day(
        self, sandbox: Sandbox, start: str, end: str, first: str, last: str
    ) -> None:
        days = [row["TIME_PERIOD"] for row in rows(ask(sandbox, startPeriod=start, endPeriod=end))]
        assert (days[0], days[-1]) == (first, last)

    def test_todays_rate_is_not_out_before_the_afternoon(self, sandbox: Sandbox) -> None:
        assert rows(ask(sandbox))[-1]["TIME_PERIOD"] == "2026-11-20"
        sandbox.world.now = NOW.replace(hour=15)
        try:
            assert rows(ask(sandbox))[-1]["TIME_PERIOD"] == "2026-11-23"
        finally:
            sandbox.world.now = NOW

    def test_csv_may_be_asked_for_by_header(self, sandbox: Sandbox) -> None:
        url = f"{sandbox.url('ecb')}/service/data/EXR/D.USD.EUR.SP00.A"
        answer = requests.get(url, headers={"accept": "text/csv"}, timeout=30)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")


class TestNothing:
    def test_a_weekend_is_an_empty_body(self, sandbox: Sandbox) -> None:
        answer = ask(sandbox, startPeriod="2026-11-21", endPeriod="2026-11-22")
        assert (answer.status_code, answer.content) == (200, b"")

    @pytest.mark.parametrize("key", ["D.UAH.EUR.SP00.A", "M.USD.EUR.SP00.A", "D.USD.GBP.SP00.A"])
    def test_a_series_that_is_not_there_is_not_found(self, sandbox: Sandbox, key: str) -> None:
        answer = ask(sandbox, key, **WEEK)
        assert (answer.status_code, answer.text) == (404, "No results found.")

    def test_another_dataflow_is_not_found(self, sandbox: Sandbox) -> None:
        assert requests.get(f"{sandbox.url('ecb')}/service/data/ICP/M.U2", timeout=30).status_code == 404


class TestRefusals:
    @pytest.mark.parametrize(
        "params",
        [
            {"startPeriod": "2026-13-01"},
            {"startPeriod": "16-11-2026"},
            {"endPeriod": "2026-02-30"},
            {"format": "parquet"},
            {"detail": "some"},
            {"lastNObservations": "0"},
        ],
    )
    def test_bad_parameters_are_a_syntax_error(self, sandbox: Sandbox, params: dict[str, str]) -> None:
        assert ask(sandbox, **params).status_code == 400

    def test_a_key_needs_all_its_dimensions(self, sandbox: Sandbox) -> None:
        assert ask(sandbox, "D.USD.EUR").status_code == 400

    def test_other_formats_are_not_acceptable_here(self, sandbox: Sandbox) -> None:
        assert ask(sandbox, format="jsondata").status_code == 406
