"""The ECB connector against a small ECB."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import Company
from connectors.ecb import DAILY_RATE, Ecb, EcbSettings
from connectors.errors import BadDataError, ConfigurationError
from connectors.load import Load
from connectors.stream import Window
from tests.http_server import Answer, Request, Server, serving

WEEK = Window(date(2026, 11, 16), date(2026, 11, 22))
WEEKEND = Window(date(2026, 11, 21), date(2026, 11, 22))
HEADER = "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,TITLE\n"
NO_RESULTS = Answer(404, {"title": "Not Found", "status": 404, "detail": "No results found."})


def csv(*rows: tuple[str, str, str]) -> Answer:
    lines = [
        f'EXR.D.{currency}.EUR.SP00.A,D,{currency},EUR,SP00,A,{day},{rate},A,"{currency}, against the euro"\n'
        for currency, day, rate in rows
    ]
    return Answer(body=(HEADER + "".join(lines)).encode(), headers={"Content-Type": "text/csv"})


def ecb(server: Server, **settings: Any) -> Ecb:
    return Ecb(EcbSettings.model_validate({"base_url": server.url, **settings}), Company())


def pulled(connector: Ecb, window: Window = WEEK, load: Load | None = None) -> pa.Table:
    batches = connector.pull(DAILY_RATE, connector.accounts[0], window, load or Load())
    return pa.Table.from_batches(batches, DAILY_RATE.schema)


def test_a_rate_keeps_every_decimal() -> None:
    with serving(lambda _: csv(("USD", "2026-11-20", "1.15340"), ("IDR", "2026-11-20", "19023.123456"))) as server:
        table = pulled(ecb(server))
    assert table["units_per_eur"].to_pylist() == [Decimal("1.153400"), Decimal("19023.123456")]
    assert table["date"].to_pylist() == [date(2026, 11, 20)] * 2
    assert table["account_id"].to_pylist() == ["ecb", "ecb"]


def test_all_currencies_of_the_window_are_asked_for_in_one_request() -> None:
    with serving(lambda _: csv(("USD", "2026-11-20", "1.1"))) as server:
        pulled(ecb(server))
    [request] = server.requests
    assert request.path == "/service/data/EXR/D..EUR.SP00.A"
    assert request.query == {"startPeriod": "2026-11-16", "endPeriod": "2026-11-22", "format": "csvdata"}


def test_chosen_currencies_are_asked_for_by_name() -> None:
    with serving(lambda _: csv(("USD", "2026-11-20", "1.1"))) as server:
        pulled(ecb(server, currencies=["USD", "GBP"]))
    assert server.requests[0].path == "/service/data/EXR/D.USD+GBP.EUR.SP00.A"


def test_columns_are_found_by_name_in_any_order() -> None:
    body = b"OBS_VALUE,CURRENCY,EXTRA,TIME_PERIOD\n1.25,USD,?,2026-11-20\n"
    with serving(lambda _: Answer(body=body)) as server:
        assert pulled(ecb(server))["units_per_eur"].to_pylist() == [Decimal("1.25")]


@pytest.mark.parametrize("nothing", [NO_RESULTS, Answer(body=b""), Answer(body=HEADER.encode())])
def test_a_weekend_has_no_rows(nothing: Answer) -> None:
    with serving(lambda _: nothing) as server:
        assert pulled(ecb(server), WEEKEND).num_rows == 0


def test_a_whole_week_without_rates_is_an_outage_and_not_an_empty_week() -> None:
    with serving(lambda _: NO_RESULTS) as server, pytest.raises(BadDataError, match="no rates at all"):
        pulled(ecb(server))


def test_another_404_is_a_wrong_address() -> None:
    with serving(lambda _: Answer(404, b"<html>nothing here</html>")) as server:
        connector = ecb(server)
        with pytest.raises(ConfigurationError, match="is base_url right"):
            pulled(connector, WEEKEND)


@pytest.mark.parametrize("missing", ["", "NaN"])
def test_a_holiday_within_a_series_is_no_rate(missing: str) -> None:
    with serving(lambda _: csv(("USD", "2026-11-19", missing), ("USD", "2026-11-20", "1.1"))) as server:
        load = Load()
        assert pulled(ecb(server), load=load)["date"].to_pylist() == [date(2026, 11, 20)]
        assert load.rejected == []


def test_a_rate_that_is_no_number_is_put_aside() -> None:
    with serving(lambda _: csv(("USD", "2026-11-20", "n/a"), ("GBP", "2026-11-20", "0.88"))) as server:
        load = Load()
        assert pulled(ecb(server), load=load)["currency"].to_pylist() == ["GBP"]
        assert "units_per_eur" in load.rejected[0].reason


def test_an_answer_that_is_no_csv_is_bad_data() -> None:
    with serving(lambda _: Answer(body=b"<html><body>Request blocked</body></html>")) as server:
        connector = ecb(server)
        with pytest.raises(BadDataError, match="not its CSV"):
            pulled(connector)


def test_the_first_pull_starts_early_enough_to_know_a_rate_for_its_first_day() -> None:
    assert DAILY_RATE.window(date(2026, 11, 22), first_day=date(2026, 1, 1)).start == date(2025, 12, 25)


def test_no_account_needs_to_be_written_down() -> None:
    assert [entry.id for entry in EcbSettings.model_validate({}).accounts] == ["ecb"]


def recent(_: Request) -> Answer:
    return csv(("USD", str(datetime.now(UTC).date() - timedelta(days=4)), "1.1"))


def test_the_check_reads_recent_rates() -> None:
    with serving(recent) as server:
        connector = ecb(server, currencies=["USD"])
        assert connector.check(connector.accounts[0]).currency == "EUR"


def test_the_check_names_a_currency_without_a_rate() -> None:
    with serving(recent) as server:
        connector = ecb(server, currencies=["USD", "XXX"])
        with pytest.raises(ConfigurationError, match="XXX"):
            connector.check(connector.accounts[0])
