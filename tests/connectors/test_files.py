"""A mapping: columns, groups, keys, days, privacy, and what its SQL may not do."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.connector import Company
from connectors.errors import ConfigurationError
from connectors.files import Files
from connectors.files_settings import FilesSettings
from connectors.files_tables import TABLES
from connectors.secret import pseudonym
from connectors.stream import Kind
from tests.connectors.files_case import NIGHT, REFUND, Case

HEADER = "id,day,amount\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def mistake(case: Case) -> str:
    """What the settings say of the mapping."""
    with pytest.raises(ValidationError) as error:
        _ = case.files
    return str(error.value)


# tables


def test_there_is_a_stream_for_every_table() -> None:
    assert [stream.name for stream in Files.streams] == list(TABLES)


def test_every_table_is_read_whole_and_has_its_account_in_the_key() -> None:
    assert all(stream.kind is Kind.FULL and stream.key[0] == "account_id" for stream in Files.streams)


def test_no_table_asks_for_its_day_to_be_optional() -> None:
    assert not any(stream.schema.field(stream.day_field).nullable for stream in Files.streams)


def test_a_mapping_feeds_the_table_that_it_names(case: Case) -> None:
    assert [stream.name for stream in case.files.streams_of(case.account)] == ["refunds"]


# columns


def test_rows_carry_the_name_of_their_mapping(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-30,5\n")
    assert case.column("account_id") == ["till"]


def test_a_column_that_is_not_mapped_is_null(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-30,5\n")
    assert case.column("order_id") == [None]


def test_names_of_columns_may_hold_anything(case: Case) -> None:
    case.columns = REFUND | {"amount": 'Bedrag "incl." btw; €'}
    case.write("a.csv", 'id,day,"Bedrag ""incl."" btw; €"\n1,2026-01-30,5\n')
    assert case.column("amount") == [Decimal(5)]


@pytest.mark.parametrize(
    ("value", "kept"), [("EUR", "EUR"), ("it's", "it's"), (7, "7"), (True, "true"), (date(2026, 1, 1), "2026-01-01")]
)
def test_a_value_is_the_same_for_every_row(case: Case, value: Any, kept: str) -> None:
    case.columns = REFUND | {"order_id": {"value": value}}
    case.write("a.csv", HEADER + "1,2026-01-30,5\n2,2026-01-30,5\n")
    assert case.column("order_id") == [kept, kept]


def test_an_expression_is_duckdb_sql_over_the_columns(case: Case) -> None:
    case.columns = REFUND | {"order_id": {"sql": "upper(id) || '-' || day[:4]"}}
    case.write("a.csv", HEADER + "a,2026-01-30,5\n")
    assert case.column("order_id") == ["A-2026"]


def test_expressions_read_texts_as_the_columns_do(case: Case) -> None:
    case.columns = REFUND | {"amount": {"sql": "as_amount(amount) * as_count(pieces)"}}
    case.more = {"options": {"decimal": ","}}
    case.write("a.csv", "id;day;amount;pieces\n1;2026-01-30;1,10;3\n")
    assert case.column("amount") == [Decimal("3.3")]


def test_a_line_without_an_id_gets_its_number(case: Case) -> None:
    case.columns = REFUND | {"refund_id": {"row_number": True}}
    case.write("a.csv", HEADER + "x,2026-01-30,5\nx,2026-01-30,5\n")
    case.write("b.csv", HEADER + "x,2026-01-30,5\n")
    assert case.column("refund_id") == ["1", "2", "3"]


def test_rows_that_do_not_count_are_left_out(case: Case) -> None:
    case.more = {"where": "id not like 'C%' and as_amount(amount) > 0"}
    case.write("a.csv", HEADER + "C1,2026-01-30,5\n2,2026-01-30,5\n3,2026-01-30,-5\n")
    assert case.column("refund_id") == ["2"]


def test_columns_that_are_a_category_each_become_rows(case: Case) -> None:
    case.table = "ad_performance"
    case.columns = {"date": "week", "campaign_id": "channel", "spend": "spend", "currency": {"value": "EUR"}}
    case.more = {"unpivot": {"columns": ["tv", "search"], "name": "channel", "value": "spend"}}
    case.write("a.csv", "week,tv,search,events\n2026-01-05,1,2,na\n2026-01-12,3,,na\n")
    assert [(row["date"].day, row["campaign_id"], row["spend"]) for row in case.pull()] == [
        (5, "tv", Decimal(1)),
        (5, "search", Decimal(2)),
        (12, "tv", Decimal(3)),
    ]


# values


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-30", date(2026, 1, 30)),
        ("2026-01-30 23:59", date(2026, 1, 30)),
        ("2026-01-30T22:59:59.5Z", date(2026, 1, 30)),
        ("2026-01-30T23:00:00Z", date(2026, 1, 31)),
        ("2026-01-30T23:30:00-05:00", date(2026, 1, 31)),
    ],
)
def test_a_day_is_a_day_of_the_company(case: Case, text: str, day: date) -> None:
    case.write("a.csv", HEADER + f"1,{text},5\n")
    assert case.column("refund_date") == [day]


def test_a_day_is_read_as_its_format_says(case: Case) -> None:
    case.columns = REFUND | {"refund_date": {"from": "day", "format": "%d/%m/%y %H:%M"}}
    case.write("a.csv", HEADER + "1,31/01/26 09:30,5\n")
    assert case.column("refund_date") == [date(2026, 1, 31)]


@pytest.mark.parametrize(
    "text", ["31-01-2026", "2026-02-30", "2026-01-31 noon", "26-01-31", "0026-01-31", "45000", "x"]
)
def test_what_is_no_day_rejects_its_row(case: Case, text: str) -> None:
    case.write("a.csv", HEADER + f"1,{text},5\n2,2026-01-30,5\n")
    assert case.column("refund_id") == ["2"]
    assert case.reasons == [f"refund_date is not a date like 2026-01-31: {text}"]


def test_a_row_without_a_day_is_rejected(case: Case) -> None:
    case.write("a.csv", HEADER + "1,,5\n2,2026-01-30,5\n")
    assert (case.column("refund_id"), case.reasons) == (["2"], ["refund_date is missing"])


def test_a_year_of_two_digits_is_no_year_of_four(case: Case) -> None:
    case.columns = REFUND | {"refund_date": {"from": "day", "format": "%d-%m-%Y"}}
    case.write("a.csv", HEADER + "1,31-01-26,5\n2,30-01-2026,5\n")
    case.pull()
    assert case.reasons == ["refund_date is not a date like %d-%m-%Y: 31-01-26"]


def order(case: Case, **columns: Any) -> Case:
    case.table = "orders"
    fixed = {name: {"value": value} for name, value in (("currency", "EUR"), ("test", False), ("cancelled", False))}
    case.columns = {"order_id": "id", "order_date": "day", "total_amount": "amount", **fixed, **columns}
    return case


def test_a_moment_without_a_zone_is_in_the_companys_zone(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-30 00:30,5\n")
    assert order(case, ordered_at="day").column("ordered_at") == [datetime(2026, 1, 29, 23, 30, tzinfo=UTC)]


def test_a_mapping_may_have_a_zone_of_its_own(case: Case) -> None:
    case.more = {"time_zone": "America/New_York"}
    case.write("a.csv", HEADER + "1,2026-01-30 19:30,5\n2,2026-01-31T04:30:00Z,5\n")
    rows = order(case, ordered_at="day").pull()
    assert [row["order_date"] for row in rows] == [date(2026, 1, 30), date(2026, 1, 30)]
    assert rows[0]["ordered_at"] == datetime(2026, 1, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("text", "flag"), [("ja", True), ("Nee", False), ("1", True), ("false", False)])
def test_a_yes_may_be_dutch(case: Case, text: str, flag: bool) -> None:
    case.write("a.csv", f"id,day,amount,test\n1,2026-01-30,5,{text}\n")
    assert order(case, test="test").column("test") == [flag]


def test_a_fraction_is_no_count(case: Case) -> None:
    case.columns = REFUND | {"quantity": "pieces"}
    case.write("a.csv", "id,day,amount,pieces\n1,2026-01-30,5,1.5\n2,2026-01-30,5,2.0\n")
    assert case.column("quantity") == [2]
    assert case.reasons == ["quantity is not a whole number with decimal '.': 1.5"]


def test_an_amount_that_is_too_large_rejects_its_row(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-30,1000000000000\n2,2026-01-30,5\n")
    assert (case.column("refund_id"), len(case.reasons)) == (["2"], 1)


def test_a_rejected_row_shows_what_was_read_of_it(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-30,x\n2,2026-01-30,5\n")
    case.pull()
    assert case.load.rejected[0].row == str(
        {"refund_id": "1", "refund_date": "2026-01-30", "amount": "None", "currency": "EUR"}
    )


CELLS = st.text(st.characters(codec="utf-8", exclude_characters='"\r\n\x00'), max_size=12)
NUMBERS = st.decimals(min_value=-(10**11), max_value=10**11, places=2).map(str)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.one_of(NUMBERS, CELLS), st.one_of(st.dates().map(str), CELLS)), min_size=1, max_size=15))
def test_whatever_a_file_holds_every_row_is_loaded_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    case = Case(tmp_path_factory.mktemp("any"))
    lines = [f'{number},"{day}","{amount}"' for number, (amount, day) in enumerate(rows)]
    case.write("a.csv", (HEADER + "\n".join([*lines, "last,2026-01-30,1"]) + "\n").encode())
    assert len(case.pull()) + len(case.load.rejected) == len(rows) + 1


@settings(deadline=None, max_examples=50)
@given(st.lists(st.decimals(min_value=-(10**11), max_value=10**11, places=6), min_size=1, max_size=15))
def test_money_in_a_file_is_exact(tmp_path_factory: pytest.TempPathFactory, amounts: list[Decimal]) -> None:
    case = Case(tmp_path_factory.mktemp("money"))
    case.write("a.csv", HEADER + "".join(f"{row},2026-01-30,{amount:f}\n" for row, amount in enumerate(amounts)))
    assert case.column("amount") == amounts


# groups


def grouped(case: Case, take: str = "sum") -> Case:
    case.columns = REFUND | {
        "refund_date": {"from": "day", "take": "min", "format": "%d-%m-%Y"},
        "amount": {"from": "amount", "take": take},
    }
    case.more = {"group_by": ["id"]}
    return case


def test_lines_become_one_row_of_their_group(case: Case) -> None:
    case.write("a.csv", HEADER + "1,30-01-2026,0.10\n1,30-01-2026,0.20\n2,30-01-2026,5\n")
    rows = {row["refund_id"]: row["amount"] for row in grouped(case).pull()}
    assert rows == {"1": Decimal("0.3"), "2": Decimal(5)}


def test_the_first_day_is_the_first_in_time_and_not_in_the_alphabet(case: Case) -> None:
    case.write("a.csv", HEADER + "1,02-02-2026,1\n1,30-01-2026,1\n")
    assert grouped(case).column("refund_date") == [date(2026, 1, 30)]


@pytest.mark.parametrize(("take", "taken"), [("min", "1"), ("max", "3"), ("first", "2"), ("sum", "6")])
def test_a_group_gives_what_is_to_be_taken(case: Case, take: str, taken: str) -> None:
    case.write("a.csv", HEADER + "1,30-01-2026,2\n1,30-01-2026,1\n1,30-01-2026,3\n")
    assert grouped(case, take).column("amount") == [Decimal(taken)]


def test_a_sum_with_an_unknown_part_is_unknown(case: Case) -> None:
    case.write("a.csv", HEADER + "1,30-01-2026,2\n1,30-01-2026,\n2,30-01-2026,5\n")
    assert (grouped(case).column("refund_id"), case.reasons) == (["2"], ["amount is missing"])


def test_a_sum_with_a_part_that_cannot_be_read_is_rejected_with_that_part(case: Case) -> None:
    case.write("a.csv", HEADER + "1,30-01-2026,2\n1,30-01-2026,many\n2,30-01-2026,5\n")
    grouped(case).pull()
    assert case.reasons == ["amount is not an amount of money with decimal '.': many"]


def test_a_group_may_span_files(case: Case) -> None:
    case.write("a.csv", HEADER + "1,30-01-2026,2\n")
    case.write("b.csv", HEADER + "1,31-01-2026,3\n")
    assert grouped(case).column("amount") == [Decimal(5)]


# keys


def test_a_row_that_repeats_a_key_is_rejected(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-30,5\n1,2026-01-31,6\n")
    assert case.column("amount") == [Decimal(5)]
    assert case.reasons == ["duplicate of refund_id 1: an earlier row has the same key"]


def test_a_key_counts_over_all_files(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-30,5\n")
    case.write("b.csv", HEADER + "1,2026-01-30,5\n")
    assert (len(case.pull()), len(case.reasons)) == (1, 1)


def test_two_keys_are_the_same_once_they_are_read(case: Case) -> None:
    case.table = "sessions"
    case.columns = {"date": "day", "channel": "channel", "sessions": "n"}
    case.write("a.csv", "day,channel,n\n2026-01-30,,1\n2026-1-30 12:00,,2\n2026-01-30,x,3\n")
    assert case.column("sessions") == [1, 3]


# days


def test_the_window_of_the_night_cuts_nothing_off(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2009-12-01,5\n2,2026-02-14,5\n")
    assert len(case.pull()) == 2


def test_a_file_is_complete_through_its_last_day(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-29,5\n2,2026-01-28,5\n")
    case.pull()
    assert case.load.notes["through"] == date(2026, 1, 29)


def test_an_empty_file_is_complete_through_no_day_of_the_night(case: Case) -> None:
    case.write("a.csv", HEADER)
    case.pull()
    assert case.load.notes["through"] < NIGHT.start


def test_a_file_may_be_complete_through_the_day_before_it_was_written(case: Case) -> None:
    case.more = {"complete_through": "file_date"}
    case.write("a.csv", HEADER + "1,2026-01-20,5\n")
    written = datetime(2026, 1, 31, 23, 30, tzinfo=UTC).timestamp()  # half past midnight in Amsterdam
    os.utime(case.folder / "a.csv", (written, written))
    case.pull()
    assert case.load.notes["through"] == date(2026, 1, 31)


def test_a_mapping_that_fits_no_row_is_wrong_and_not_empty(case: Case) -> None:
    case.write("a.csv", HEADER + "1,30-01-2026,5\n2,31-01-2026,5\n")
    with pytest.raises(ConfigurationError, match="none of the 2 rows fits: refund_date is not a date like 2026-01-31"):
        case.pull()


def test_mappings_are_pulled_side_by_side(case: Case) -> None:
    case.write("a.csv", HEADER + "".join(f"{row},2026-01-30,5\n" for row in range(5000)))
    with ThreadPoolExecutor(4) as pool:
        pulls = [pool.submit(case.pull) for _ in range(8)]
    assert [len(pull.result()) for pull in pulls] == [5000] * 8


# privacy


def customer(case: Case, **columns: str) -> Case:
    case.table, case.columns = "customers", {"customer_id": "id", "created_date": "day", **columns}
    return case


def test_an_address_is_written_as_its_pseudonym(case: Case) -> None:
    case.write("a.csv", "id,day,mail\n1,2026-01-30, Jan@X.nl\n2,2026-01-30,\n")
    assert customer(case, email="mail").column("email_hash") == [pseudonym("jan@x.nl", "a key"), None]


def test_an_address_as_an_id_is_the_same_pseudonym(case: Case) -> None:
    case.write("a.csv", "id,day\nO'Neil@x.nl,2026-01-30\n")
    assert customer(case, email="id").column("customer_id") == [pseudonym("o'neil@x.nl", "a key")]


def test_an_address_in_the_url_of_a_page_is_a_pseudonym(case: Case) -> None:
    case.table = "search_rows"
    case.columns = {name: name for name in ("date", "keyword", "page", "clicks", "impressions", "position")}
    case.write(
        "a.csv", "date,keyword,page,clicks,impressions,position\n2026-01-30,k,https://x.nl/?m=jan%40x.nl&a=1,1,2,3\n"
    )
    assert case.column("page") == [f"https://x.nl/?m={pseudonym('jan@x.nl', 'a key')}&a=1"]


@pytest.mark.parametrize(
    "row", ["1,jan@x.nl,5", "jan@x.nl,,5", "1,2026-01-30,jan@x.nl", "1,2026-01-30,5,Jan <jan@x.nl>"]
)
def test_no_address_reaches_the_quarantine(case: Case, row: str) -> None:
    case.write("a.csv", HEADER + f"{row}\n2,2026-01-30,5\n")
    assert len(case.pull()) == 1
    assert "jan@x.nl" not in str(case.load.rejected).lower() and len(case.load.rejected) == 1


@pytest.mark.parametrize("more", [{}, {"where": "cast(day as integer) > 0"}])
def test_no_address_reaches_an_error_or_its_traceback(case: Case, more: dict[str, Any]) -> None:
    case.more = more
    case.write("a.csv", HEADER + "1,jan@x.nl,5\n")
    with pytest.raises(ConfigurationError) as error:
        case.pull()
    assert "jan@x.nl" not in "".join(format_exception(error.value))


def test_an_address_without_a_key_is_not_written(case: Case) -> None:
    case.write("a.csv", "id,day,mail\n1,2026-01-30,jan@x.nl\n")
    case = customer(case, email="mail")
    case.company = Company()
    with pytest.raises(ConfigurationError, match=r"privacy\.hash_key is not set"):
        case.pull()


# the sandbox of expressions


@pytest.mark.parametrize(
    "expression",
    [
        "(select content from read_text('{file}'))",
        "(select count(*) from read_csv('{file}'))",
        "(select count(*) from '{file}')",
        "(select count(*) from duckdb_secrets() where getenv('HOME') <> '')",
        "1) from kompas_source; copy (select 1) to '{file}.out'; select (1",
        "1) from kompas_source; set enable_external_access = true; select (1",
        "(select max(id) from Kompas_Source)",
        "no_such_column",
        "id id",
        "cast(id as integer)",
        "error('stop')",
        "sum(as_amount(amount))",
    ],
)
def test_an_expression_reaches_nothing_but_the_columns(case: Case, expression: str) -> None:
    case.write("a.csv", HEADER + "x,2026-01-30,5\n")
    case.columns = REFUND | {"order_id": {"sql": expression.replace("{file}", str(case.folder / "hash_key"))}}
    with pytest.raises(ConfigurationError, match=r"till refunds: (the mapping does not run|where and sql)"):
        case.pull()
    assert not list(case.folder.glob("*.out"))


def test_an_expression_that_does_not_fit_is_told_with_the_columns(case: Case) -> None:
    case.more = {"where": "amounts > 5"}
    case.write("a.csv", HEADER + "1,2026-01-30,5\n")
    with pytest.raises(ConfigurationError, match=r"amounts.*the file's columns are id, day, amount"):
        case.pull()


def test_a_remark_in_an_expression_does_no_harm(case: Case) -> None:
    case.more = {"where": "id = '1' -- the first"}
    case.write("a.csv", HEADER + "1,2026-01-30,5\n2,2026-01-30,5\n")
    assert case.column("refund_id") == ["1"]


# settings


def test_an_unknown_column_is_told_with_those_of_the_table(case: Case) -> None:
    case.columns = REFUND | {"bedrag": "amount"}
    assert "refunds has no column bedrag; it has refund_id, order_id" in mistake(case)


def test_a_required_column_that_is_not_mapped_is_told(case: Case) -> None:
    case.columns = {"refund_id": "id"}
    assert "refunds needs columns: refund_date, amount, currency" in mistake(case)


def test_an_unknown_table_is_told(case: Case) -> None:
    case.table = "invoices"
    assert "Input should be 'orders', 'order_lines'" in mistake(case)


def test_an_ending_that_says_no_format_is_told(case: Case) -> None:
    case.path = "data/export"
    assert "say its format" in mistake(case)


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ({"from": "id", "value": 1}, "say one of: from, sql, value, row_number"),
        ({}, "say one of: from, sql, value, row_number"),
        ({"from": "id", "format": "dd-mm-yyyy"}, "should match pattern '%'"),
        ({"from": "id", "take": "sum"}, "take needs group_by"),
        ({"from": "id", "unit": "EUR"}, "Extra inputs are not permitted"),
    ],
)
def test_a_column_that_makes_no_sense_is_told(case: Case, column: dict[str, Any], told: str) -> None:
    case.columns = REFUND | {"amount": column}
    assert told in mistake(case)


@pytest.mark.parametrize(
    ("name", "column", "told"),
    [
        ("amount", "amount", "amount: several rows become one, so say take"),
        ("refund_date", {"from": "day", "take": "sum"}, "has no sum"),
        ("refund_id", {"row_number": True}, "rows that become one have no row number"),
    ],
)
def test_a_group_that_makes_no_sense_is_told(case: Case, name: str, column: Any, told: str) -> None:
    grouped(case).columns[name] = column
    assert told in mistake(case)


def test_one_sign_cannot_be_two_things(case: Case) -> None:
    case.more = {"options": {"decimal": ",", "thousands": ","}}
    assert "cannot be the decimal sign and stand between thousands" in mistake(case)


def test_an_unknown_encoding_is_told(case: Case) -> None:
    case.more = {"options": {"encoding": "windows"}}
    assert "there is no encoding windows" in mistake(case)


def test_an_unknown_time_zone_is_told(case: Case) -> None:
    case.more = {"time_zone": "CET+1"}
    assert "CET+1 is no IANA time zone" in mistake(case)


def test_two_mappings_of_one_name_are_told() -> None:
    account = {"id": "till", "table": "refunds", "path": "a.csv", "columns": REFUND}
    with pytest.raises(ValidationError, match="these mappings stand twice: till"):
        FilesSettings.model_validate({"accounts": [account, account]})


def test_paths_count_from_the_folder_of_the_settings(case: Case) -> None:
    case.path = "data/a.csv"
    assert case.files.settings.accounts[0].path == str(case.folder / "data/a.csv")


def test_an_url_is_left_as_it_is(case: Case) -> None:
    case.path = "s3://bucket/a.csv"
    assert case.files.settings.accounts[0].path == "s3://bucket/a.csv"


def test_the_json_schema_knows_the_columns_of_each_table() -> None:
    schema = FilesSettings.model_json_schema()["$defs"]["FileAccount"]
    refunds = next(rule["then"] for rule in schema["allOf"] if rule["if"]["properties"]["table"]["const"] == "refunds")
    assert refunds["properties"]["columns"]["required"] == ["refund_id", "refund_date", "amount", "currency"]


def test_a_column_may_be_a_plain_name_in_the_json_schema() -> None:
    import jsonschema

    account = {"id": "till", "table": "refunds", "path": "a.csv", "columns": REFUND}
    jsonschema.validate({"accounts": [account]}, FilesSettings.model_json_schema())


def test_the_json_schema_refuses_a_column_of_another_table() -> None:
    import jsonschema

    account = {"id": "till", "table": "refunds", "path": "a.csv", "columns": REFUND | {"spend": "x"}}
    with pytest.raises(jsonschema.ValidationError, match="spend"):
        jsonschema.validate({"accounts": [account]}, FilesSettings.model_json_schema())


# the connection test


def test_the_check_says_what_the_mapping_reads(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-28,5\n2,2026-01-30,5\n")
    assert case.check().notes == (
        "refunds from 1 file, with refund_id, refund_date, amount, currency; "
        "the first rows are of 2026-01-28..2026-01-30",
    )


def test_the_check_says_the_currency_when_there_is_one(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-28,5\n")
    assert case.check().currency == "EUR"


def test_the_check_counts_rows_that_do_not_fit(case: Case) -> None:
    case.write("a.csv", HEADER + "1,2026-01-28,5\n2,x,5\n")
    assert case.check().notes[1] == (
        "1 of the first rows do not fit, such as: refund_date is not a date like 2026-01-31: x"
    )


def test_the_check_of_an_empty_file_says_so(case: Case) -> None:
    case.write("a.csv", "")
    assert case.check().notes[0].endswith("of no rows")


def test_the_check_refuses_a_mapping_that_does_not_fit(case: Case) -> None:
    case.write("a.csv", "id,day\n1,2026-01-28\n")
    with pytest.raises(ConfigurationError, match=r"a\.csv has no column amount"):
        case.check()
