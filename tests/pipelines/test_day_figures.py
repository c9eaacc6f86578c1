"""What the newest day of a stream holds, for plots."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from connectors.stream import ACCOUNT_ID, COUNT, DATE, MONEY, TEXT, Field, Kind, Stream
from pipelines import day_figures
from pipelines.lake import Lake

STREAM = Stream(
    "campaign_day",
    "Campaigns",
    Kind.REPORT,
    (
        ACCOUNT_ID,
        Field("date", DATE, "The day"),
        Field("currency", TEXT, "ISO 4217 code"),
        Field("cost", MONEY, "What it cost", "in `currency`", nullable=True, measure=True),
        Field("clicks", COUNT, "Clicks", nullable=True, measure=True),
    ),
    ("account_id", "date"),
    "date",
    lambda *_: iter(()),
)
FIRST, SECOND = date(2026, 11, 14), date(2026, 11, 15)


def row(day: date = FIRST, **changed: Any) -> dict[str, Any]:
    return {"account_id": "1", "date": day, "currency": "EUR", "cost": Decimal("10.5"), "clicks": 3} | changed


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=STREAM.schema)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.at(str(tmp_path))


def put(lake: Lake, day: date, *rows: dict[str, Any]) -> None:
    lake.write("google_ads", STREAM.name, day, STREAM.schema, table(*rows).to_batches())


def test_measures_are_added_up() -> None:
    told = day_figures.figures(STREAM, table(row(), row(account_id="2")))
    assert (told["rows on newest_day"], told["clicks on newest_day"]) == (2, 6)


def test_money_of_two_currencies_is_never_added_up() -> None:
    told = day_figures.figures(STREAM, table(row(), row(currency="GBP", cost=Decimal(2))))
    costs = {label: value for label, value in told.items() if label.startswith("cost")}
    assert costs == {"cost on newest_day (EUR)": 10.5, "cost on newest_day (GBP)": 2.0}


def test_what_is_unknown_is_left_out_and_not_zero() -> None:
    told = day_figures.figures(STREAM, table(row(clicks=None, cost=None)))
    assert told == {"rows on newest_day": 1}


def test_the_newest_day_that_has_rows_is_told(lake: Lake) -> None:
    put(lake, FIRST, row())
    put(lake, SECOND)
    assert day_figures.newest(lake, "google_ads", STREAM, [FIRST, SECOND])["newest_day"] == "2026-11-14"


def test_a_stream_without_rows_has_no_figures(lake: Lake) -> None:
    put(lake, FIRST)
    assert day_figures.newest(lake, "google_ads", STREAM, [FIRST]) == {}
