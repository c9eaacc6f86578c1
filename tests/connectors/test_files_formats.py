"""CSV, Parquet, XLSX and JSON, as tools really write them."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import fsspec
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.errors import BadDataError, ConfigurationError
from tests.connectors.files_case import REFUND, Case

PLAIN = "id,day,amount\n0001,2026-01-30,12.50\n0002,2026-01-31,3\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def dutch(case: Case, **options: str) -> Case:
    case.columns = REFUND | {"refund_date": {"from": "day", "format": "%d-%m-%Y"}}
    case.more = {"options": {"decimal": ",", **options}}
    return case


def sheet(*rows: list[Any], title: str = "Blad1") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet(columns: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


# CSV


def test_a_plain_csv_is_read(case: Case) -> None:
    case.write("a.csv", PLAIN)
    assert case.column("amount") == [Decimal("12.5"), Decimal("3")]


def test_an_id_keeps_its_leading_zeros(case: Case) -> None:
    case.write("a.csv", PLAIN)
    assert case.column("refund_id") == ["0001", "0002"]


def test_a_dutch_csv_is_read(case: Case) -> None:
    case.write("a.csv", "id;day;amount\n1;30-01-2026;12,50\n2;31-01-2026;-3\n")
    rows = dutch(case).pull()
    assert [(row["refund_date"], row["amount"]) for row in rows] == [
        (date(2026, 1, 30), Decimal("12.5")),
        (date(2026, 1, 31), Decimal("-3")),
    ]


def test_thousands_are_read_where_the_mapping_says_so(case: Case) -> None:
    case.write("a.csv", "id;day;amount\n1;30-01-2026;1.234.567,89\n")
    assert dutch(case, thousands=".").column("amount") == [Decimal("1234567.89")]


def test_a_sign_that_may_mean_two_things_rejects_its_row(case: Case) -> None:
    case.write("a.csv", "id;day;amount\n1;30-01-2026;1.234\n2;30-01-2026;5,00\n")
    dutch(case).pull()
    assert case.reasons == ["amount is not an amount of money with decimal ',': 1.234"]


def test_a_decimal_comma_is_not_taken_for_thousands(case: Case) -> None:
    case.write("a.csv", 'id,day,amount\n1,2026-01-30,"12,500"\n2,2026-01-30,1\n')
    case.pull()
    assert case.reasons == ["amount is not an amount of money with decimal '.': 12,500"]


@pytest.mark.parametrize("amount", ["€ 12,50", "€12,50", "12,50 €", "€ 12,50", "+12,50"])
def test_a_currency_sign_around_an_amount_is_left_out(case: Case, amount: str) -> None:
    case.write("a.csv", f"id;day;amount\n1;30-01-2026;{amount}\n")
    assert dutch(case).column("amount") == [Decimal("12.5")]


def test_a_byte_order_mark_is_no_part_of_the_first_name(case: Case) -> None:
    case.write("a.csv", PLAIN.encode("utf-8-sig"))
    assert case.column("refund_id") == ["0001", "0002"]


def test_cp1252_is_read_where_the_mapping_says_so(case: Case) -> None:
    case.columns = REFUND | {"order_id": "café"}
    case.more = {"options": {"encoding": "cp1252"}}
    case.write("a.csv", "id,day,amount,café\n1,2026-01-30,€ 5,crème\n".encode("cp1252"))
    assert (case.column("order_id"), case.column("amount")) == (["crème"], [Decimal("5")])


def test_another_encoding_than_said_is_told_with_the_file_and_what_to_do(case: Case) -> None:
    case.write("a.csv", "id,day,amount,title\n1,2026-01-30,5,crème\n".encode("cp1252"))
    with pytest.raises(ConfigurationError, match=r"a\.csv is not written in utf-8 .*set options\.encoding"):
        case.pull()


def test_the_delimiter_is_found_in_the_header(case: Case) -> None:
    case.write("a.csv", PLAIN.replace(",", "\t"))
    assert len(case.pull()) == 2


def test_a_quoted_cell_may_hold_delimiters_quotes_and_lines(case: Case) -> None:
    case.columns = REFUND | {"order_id": "note"}
    case.write("a.csv", 'id,day,amount,note\n1,2026-01-30,5,"a, ""b""\nc"\n')
    assert case.column("order_id") == ['a, "b"\nc']


def test_quotes_are_text_where_the_mapping_says_so(case: Case) -> None:
    case.columns = REFUND | {"order_id": "note"}
    case.more = {"options": {"quote": ""}}
    case.write("a.csv", 'id,day,amount,note\n1,2026-01-30,5,"RECORD" FRAME 7"\n2,2026-01-30,5,x\n')
    assert case.column("order_id") == ['"RECORD" FRAME 7"', "x"]


def test_a_quote_that_is_never_closed_is_bad_data_and_not_lost_rows(case: Case) -> None:
    case.columns = REFUND | {"order_id": "note"}
    case.write("a.csv", 'id,day,amount,note\n1,2026-01-30,5,x\n2,2026-01-30,5,"y\n3,2026-01-30,5,z\n')
    with pytest.raises(BadDataError, match=r"a\.csv: a quote is opened and never closed"):
        case.pull()


def test_lines_above_the_header_are_skipped(case: Case) -> None:
    case.more = {"options": {"skip_rows": 2}}
    case.write("a.csv", "Report of January\n\n" + PLAIN)
    assert len(case.pull()) == 2


def test_a_row_with_too_many_cells_is_rejected_with_its_number(case: Case) -> None:
    case.write("a.csv", PLAIN + "0003,2026-01-31,1,2\n")
    assert len(case.pull()) == 2
    assert case.reasons == ["a.csv: row 4 has 4 cells, the header 3"]


def test_windows_line_ends_and_empty_lines_are_fine(case: Case) -> None:
    case.write("a.csv", PLAIN.replace("\n", "\r\n") + "\r\n")
    assert len(case.pull()) == 2


def test_a_file_that_ends_without_a_line_end_is_whole(case: Case) -> None:
    case.write("a.csv", PLAIN.rstrip("\n"))
    assert len(case.pull()) == 2


def test_columns_that_are_called_the_same_are_told_apart(case: Case) -> None:
    case.columns = REFUND | {"amount": "amount_4"}
    case.write("a.csv", "id,day,amount,amount\n1,2026-01-30,1,2\n")
    assert case.column("amount") == [Decimal(2)]


def test_a_compressed_file_is_read(case: Case) -> None:
    case.path = "*.csv.gz"
    case.write("a.csv.gz", gzip.compress(PLAIN.encode()))
    assert len(case.pull()) == 2


def test_a_compressed_file_that_is_cut_off_is_bad_data(case: Case) -> None:
    case.path = "*.csv.gz"
    case.write("a.csv.gz", gzip.compress(PLAIN.encode())[:-12])
    with pytest.raises(BadDataError, match=r"a\.csv\.gz is cut off"):
        case.pull()


# which texts mean "not known"


def test_an_empty_cell_is_null_and_not_zero(case: Case) -> None:
    case.columns = REFUND | {"quantity": "pieces"}
    case.write("a.csv", "id,day,amount,pieces\n1,2026-01-30,5,\n2,2026-01-30,5, \n")
    assert case.column("quantity") == [None, None]


def test_a_text_for_not_known_is_null_where_the_mapping_says_so(case: Case) -> None:
    case.columns = REFUND | {"quantity": "pieces"}
    case.more = {"options": {"null_values": ["NA", "-"]}}
    case.write("a.csv", "id,day,amount,pieces\n1,2026-01-30,5,NA\n2,2026-01-30,5,-\n")
    assert case.column("quantity") == [None, None]


def test_na_is_namibia_unless_the_mapping_says_otherwise(case: Case) -> None:
    case.table, case.columns = "customers", {"customer_id": "id", "created_date": "day", "country": "country"}
    case.write("a.csv", "id,day,country\n1,2026-01-30,NA\n")
    assert case.column("country") == ["NA"]


# Parquet


def test_parquet_keeps_its_types(case: Case) -> None:
    case.path = "*.parquet"
    case.write(
        "a.parquet",
        parquet({"id": [1], "day": [datetime(2026, 1, 30, 23, 59)], "amount": pa.array([Decimal("1.10")])}),
    )
    assert [(row["refund_id"], row["refund_date"], row["amount"]) for row in case.pull()] == [
        ("1", date(2026, 1, 30), Decimal("1.1"))
    ]


def test_an_id_that_became_a_fraction_is_whole_again(case: Case) -> None:
    case.path = "*.parquet"
    case.write("a.parquet", parquet({"id": [17850.0], "day": [date(2026, 1, 30)], "amount": [0.1]}))
    assert [(row["refund_id"], row["amount"]) for row in case.pull()] == [("17850", Decimal("0.1"))]


def test_not_a_number_is_null(case: Case) -> None:
    case.path, case.columns = "*.parquet", REFUND | {"quantity": "pieces"}
    case.write("a.parquet", parquet({"id": ["1"], "day": [date(2026, 1, 30)], "amount": [1], "pieces": [float("nan")]}))
    assert case.column("quantity") == [None]


def test_a_dictionary_column_is_text(case: Case) -> None:
    case.path = "*.parquet"
    ids = pa.array(["a", "b"]).dictionary_encode()
    case.write("a.parquet", parquet({"id": ids, "day": ["2026-01-30"] * 2, "amount": ["1"] * 2}))
    assert case.column("refund_id") == ["a", "b"]


def test_a_decimal_comma_is_for_texts_and_not_for_numbers(case: Case) -> None:
    case.path = "*.parquet"
    case.more = {"options": {"decimal": ","}}
    case.write("a.parquet", parquet({"id": ["a"], "day": ["2026-01-30"], "amount": [1.5]}))
    assert case.column("amount") == [Decimal("1.5")]


def test_parquet_files_whose_numbers_differ_in_width_are_one_table(case: Case) -> None:
    case.path = "*.parquet"
    for name, type_ in (("a", pa.int32()), ("b", pa.float64())):
        amounts = pa.array([1], type_)
        case.write(f"{name}.parquet", parquet({"id": [name], "day": [date(2026, 1, 30)], "amount": amounts}))
    assert case.column("amount") == [Decimal(1), Decimal(1)]


def test_parquet_files_whose_types_do_not_go_together_are_told(case: Case) -> None:
    case.path = "*.parquet"
    for name, amount in (("a", 1), ("b", "1")):
        case.write(f"{name}.parquet", parquet({"id": [name], "day": [date(2026, 1, 30)], "amount": [amount]}))
    with pytest.raises(ConfigurationError, match=r"differ in the type of a column: .*amount"):
        case.pull()


def test_a_parquet_file_that_is_cut_off_is_bad_data(case: Case) -> None:
    case.path = "*.parquet"
    case.write("a.parquet", parquet({"id": ["1"], "day": ["2026-01-30"], "amount": ["1"]})[:-10])
    with pytest.raises(BadDataError, match=r"a\.parquet is cut off"):
        case.pull()


# XLSX


def test_a_sheet_is_read_with_its_own_types(case: Case) -> None:
    case.path = "*.xlsx"
    case.write("a.xlsx", sheet(["id", "day", "amount"], [17, datetime(2026, 1, 30), 12.5], ["018", "2026-01-31", "3"]))
    assert [(row["refund_id"], row["refund_date"], row["amount"]) for row in case.pull()] == [
        ("17", date(2026, 1, 30), Decimal("12.5")),
        ("018", date(2026, 1, 31), Decimal("3")),
    ]


def test_a_dutch_sheet_may_hold_texts_and_real_values_side_by_side(case: Case) -> None:
    case.path = "*.xlsx"
    rows = ["1", "30-01-2026", "12,50"], ["2", datetime(2026, 1, 31, 12, 30), 12.5]
    case.write("a.xlsx", sheet(["id", "day", "amount"], *rows))
    assert [(row["refund_date"], row["amount"]) for row in dutch(case).pull()] == [
        (date(2026, 1, 30), Decimal("12.5")),
        (date(2026, 1, 31), Decimal("12.5")),
    ]


def test_empty_rows_and_columns_of_a_sheet_are_left_out(case: Case) -> None:
    case.path = "*.xlsx"
    case.write(
        "a.xlsx", sheet(["id", "day", "amount", None], ["1", "2026-01-30", 1], [None] * 4, ["2", "2026-01-30", 1])
    )
    assert case.column("refund_id") == ["1", "2"]


def test_a_sheet_is_chosen_by_its_name(case: Case) -> None:
    case.path, case.more = "*.xlsx", {"options": {"sheet": "Retouren"}}
    case.write("a.xlsx", sheet(["id", "day", "amount"], ["1", "2026-01-30", 1], title="Retouren"))
    assert len(case.pull()) == 1


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(case: Case) -> None:
    case.path, case.more = "*.xlsx", {"options": {"sheet": "Retouren"}}
    case.write("a.xlsx", sheet(["id", "day", "amount"]))
    with pytest.raises(ConfigurationError, match=r"a\.xlsx has no sheet Retouren \(its sheets are Blad1\)"):
        case.pull()


def test_a_row_of_a_sheet_that_is_wider_than_the_header_is_rejected(case: Case) -> None:
    case.path = "*.xlsx"
    case.write("a.xlsx", sheet(["id", "day", "amount"], ["1", "2026-01-30", 1, "?"], ["2", "2026-01-30", 1]))
    assert (case.column("refund_id"), case.reasons) == (["2"], ["a.xlsx: row 2 has 4 cells, the header 3"])


def test_what_is_no_workbook_is_bad_data(case: Case) -> None:
    case.path = "*.xlsx"
    case.write("a.xlsx", PLAIN)
    with pytest.raises(BadDataError, match=r"a\.xlsx is cut off, or is not what its format says"):
        case.pull()


# JSON

ROWS = [{"id": "1", "day": "2026-01-30", "amount": 1.1}, {"id": 2, "day": "2026-01-31", "amount": "2", "more": [1]}]


def test_an_array_of_objects_is_read(case: Case) -> None:
    case.path = "*.json"
    case.write("a.json", json.dumps(ROWS))
    assert [(row["refund_id"], row["amount"]) for row in case.pull()] == [("1", Decimal("1.1")), ("2", Decimal(2))]


def test_records_are_found_inside_the_document(case: Case) -> None:
    case.path, case.more = "*.json", {"options": {"records": "report.rows"}}
    case.write("a.json", json.dumps({"report": {"rows": ROWS}}))
    assert len(case.pull()) == 2


def test_an_object_of_values_is_rows_of_key_and_value(case: Case) -> None:
    case.path, case.more = "*.json", {"options": {"records": "totals"}}
    case.columns = REFUND | {"refund_id": "key", "amount": "value", "refund_date": {"value": date(2026, 1, 30)}}
    case.write("a.json", '{"totals": {"a": 1, "b": 2}}')
    assert [(row["refund_id"], row["amount"]) for row in case.pull()] == [("a", Decimal(1)), ("b", Decimal(2))]


def test_json_lines_are_read(case: Case) -> None:
    case.path = "*.jsonl"
    case.write("a.jsonl", "\n".join(json.dumps(row) for row in ROWS))
    assert len(case.pull()) == 2


def test_a_field_that_some_records_lack_is_null_there(case: Case) -> None:
    case.path, case.columns = "*.json", REFUND | {"order_id": "more"}
    case.write("a.json", json.dumps(ROWS))
    assert case.column("order_id") == [None, "[1]"]


def test_records_that_are_not_there_are_told_with_what_is(case: Case) -> None:
    case.path, case.more = "*.json", {"options": {"records": "data"}}
    case.write("a.json", '{"totals": 1, "query": {}}')
    with pytest.raises(ConfigurationError, match=r"a\.json has no records under data .*it has totals, query"):
        case.pull()


@pytest.mark.parametrize("text", ['[{"id": "1"', "nonsense", '[{"id": "1"}, 7]'])
def test_broken_json_is_bad_data(case: Case, text: str) -> None:
    case.path = "*.json"
    case.write("a.json", text)
    with pytest.raises(BadDataError, match=r"a\.json"):
        case.pull()


# files


@pytest.mark.parametrize("path", ["none.csv", "none/*.csv", "*.csv"])
def test_a_missing_file_is_a_matter_of_configuration(case: Case, path: str) -> None:
    case.path = path
    with pytest.raises(ConfigurationError, match=r"there is no file .*csv"):
        case.pull()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\n"),
        ("a.csv", b"id,day,amount"),
        ("a.csv", b"id,day,amount\n"),
        ("a.parquet", b""),
        ("a.parquet", parquet({"id": pa.array([], pa.string()), "day": pa.array([], pa.string()), "amount": []})),
        ("a.xlsx", sheet()),
        ("a.xlsx", sheet(["id", "day", "amount"])),
        ("a.json", b""),
        ("a.json", b"[]"),
    ],
)
def test_an_empty_file_is_no_rows(case: Case, name: str, content: bytes) -> None:
    case.path = name
    case.write(name, content)
    assert case.pull() == []


def test_a_missing_column_is_told_with_the_file_and_the_columns_that_are_there(case: Case) -> None:
    case.write("a.csv", "id,datum,bedrag\n1,2026-01-30,5\n")
    with pytest.raises(
        ConfigurationError,
        match=r"files till refunds: a\.csv has no column amount, day \(its columns are id, datum, bedrag\)",
    ):
        case.pull()


def test_the_files_of_a_pattern_are_read_by_name(case: Case) -> None:
    case.write("b.csv", "id,day,amount\nb,2026-01-30,5\n")
    case.write("a.csv", "id,day,amount\na,2026-01-30,5\n")
    assert case.column("refund_id") == ["a", "b"]


def test_every_file_of_a_pattern_needs_the_columns_that_are_mapped(case: Case) -> None:
    case.write("a.csv", PLAIN)
    case.write("b.csv", "id,day\n3,2026-01-30\n")
    with pytest.raises(ConfigurationError, match=r"b\.csv has no column amount"):
        case.pull()


def test_files_may_differ_in_the_order_of_their_columns_and_in_others(case: Case) -> None:
    case.write("a.csv", "id,day,amount\n1,2026-01-30,5\n")
    case.write("b.csv", "amount,note,day,id\n6,x,2026-01-30,2\n")
    assert case.column("amount") == [Decimal(5), Decimal(6)]


def test_an_empty_file_beside_others_is_fine(case: Case) -> None:
    case.write("a.csv", "")
    case.write("b.csv", PLAIN)
    assert len(case.pull()) == 2


def test_files_that_a_program_keeps_for_itself_are_left_alone(case: Case) -> None:
    case.path = "*.xlsx"
    case.write("a.xlsx", sheet(["id", "day", "amount"], ["1", "2026-01-30", 1]))
    case.write("~$a.xlsx", b"locked by Excel")
    assert len(case.pull()) == 1


@pytest.fixture
def bucket() -> Iterator[fsspec.AbstractFileSystem]:
    storage = fsspec.filesystem("memory")
    yield storage
    storage.rm("/kassa", recursive=True)


def test_files_come_from_an_object_store_too(case: Case, bucket: fsspec.AbstractFileSystem) -> None:
    bucket.pipe("/kassa/a.csv", PLAIN.encode())
    case.path = "memory://kassa/*.csv"
    assert len(case.pull()) == 2


def test_an_unknown_kind_of_storage_is_a_matter_of_configuration(case: Case) -> None:
    case.path = "floppy://a.csv"
    with pytest.raises(ConfigurationError, match="floppy"):
        case.pull()


def test_every_file_that_is_opened_is_counted(case: Case) -> None:
    case.write("a.csv", PLAIN)
    case.pull()
    assert case.load.requests > 0
