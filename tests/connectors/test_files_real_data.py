"""Real data sets through their mappings give the figures that others published of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from connectors.connector import Company
from connectors.files import Files
from connectors.files_settings import FilesSettings
from connectors.load import Load
from tests.connectors.files_case import NIGHT
from tests.real_data.data_sets import (
    CDNOW,
    DATA,
    FACEBOOK,
    GA4,
    RETAIL,
    ROBYN,
    mappings,
    needs_data,
    reference,
    result,
)

pytestmark = needs_data


@cache
def pulled(data_set: str, mapping: str) -> tuple[pa.Table, Load]:
    """All rows of one mapping, and the notes of its pull."""
    settings = FilesSettings.model_validate({"accounts": mappings(data_set)}, context={"folder": DATA})
    files, load = Files(settings, Company()), Load()
    account = next(account for account in files.accounts if account.id == mapping)
    stream = files.streams_of(account)[0]
    return pa.Table.from_batches(files.pull(stream, account, NIGHT, load), stream.schema), load


def rows(data_set: str, mapping: str) -> pa.Table:
    return pulled(data_set, mapping)[0]


def total(table: pa.Table, column: str) -> Any:
    return sum(value for value in table[column].to_pylist() if value is not None)


def by_month(table: pa.Table, day: str, amount: str) -> dict[str, tuple[int, Decimal]]:
    """Rows and their sum by the first day of the month."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for at, value in zip(table[day].to_pylist(), table[amount].to_pylist(), strict=True):
        count, before = sums.get(month := str(at.replace(day=1)), (0, Decimal(0)))
        sums[month] = count + 1, before + value
    return sums


@pytest.mark.parametrize(
    ("data_set", "mapping"),
    [
        (RETAIL, "online_retail_orders"),
        (RETAIL, "online_retail_lines"),
        (RETAIL, "online_retail_refunds"),
        (RETAIL, "online_retail_customers"),
        (FACEBOOK, "facebook_posts"),
        (FACEBOOK, "facebook_posts_blank_is_zero"),
        (GA4, "usa_sessions_per_day"),
        (GA4, "usa_sessions_per_channel"),
        (GA4, "usa_sessions_total"),
        (ROBYN, "robyn_spend"),
        (ROBYN, "robyn_revenue"),
        (CDNOW, "cdnow_orders"),
        (CDNOW, "cdnow_lines"),
    ],
)
def test_no_row_of_a_real_data_set_is_rejected(data_set: str, mapping: str) -> None:
    table, load = pulled(data_set, mapping)
    assert table.num_rows > 0 and load.rejected == []


def test_online_retail_has_its_orders_and_revenue_to_the_cent() -> None:
    orders = rows(RETAIL, "online_retail_orders")
    expected = result(RETAIL, "return_rate_0910")["orders"], Decimal("10305892.024")
    assert (orders.num_rows, total(orders, "total_amount")) == expected
    assert float(expected[1]) == result(RETAIL, "revenue_0910")["gross_sales"]


def test_online_retail_has_its_orders_and_revenue_of_every_month() -> None:
    made = by_month(rows(RETAIL, "online_retail_orders"), "order_date", "total_amount")
    assert {month: (count, float(round(amount, 2))) for month, (count, amount) in made.items()} == {
        row["month"][:10]: (row["orders"], row["gross"]) for row in result(RETAIL, "monthly_0910")
    }


def test_online_retail_has_its_cancelled_value() -> None:
    refunds = rows(RETAIL, "online_retail_refunds")
    assert (refunds.num_rows, total(refunds, "amount")) == (
        result(RETAIL, "return_rate_0910")["returns"],
        Decimal("629855.37"),
    )


def test_online_retail_has_its_returns_of_every_month() -> None:
    made = by_month(rows(RETAIL, "online_retail_refunds"), "refund_date", "amount")
    assert {month: (count, float(round(amount, 2))) for month, (count, amount) in made.items()} == {
        row["month"][:10]: (row["returns"], row["returned"]) for row in result(RETAIL, "monthly_0910")
    }


def test_online_retail_has_its_return_rates_and_order_value() -> None:
    orders, refunds = rows(RETAIL, "online_retail_orders"), rows(RETAIL, "online_retail_refunds")
    gross, returned = total(orders, "total_amount"), total(refunds, "amount")
    published = result(RETAIL, "return_rate_0910")
    assert round(refunds.num_rows / orders.num_rows, 8) == published["return_rate_by_orders"]
    assert float(round(returned / gross, 8)) == published["return_rate_by_value"]
    assert float(round(gross / orders.num_rows, 6)) == published["aov_gross"]


def test_online_retail_lines_add_up_to_its_orders() -> None:
    lines = rows(RETAIL, "online_retail_lines")
    value = pc.sum(pc.multiply(lines["quantity"].cast(pa.decimal128(19, 0)), lines["unit_price"])).as_py()
    assert value == total(rows(RETAIL, "online_retail_orders"), "total_amount")


def test_online_retail_keeps_lines_that_are_exact_duplicates() -> None:
    lines = rows(RETAIL, "online_retail_lines")
    content = lines.drop_columns(["line_id"]).group_by(["order_id", "sku", "title", "quantity", "unit_price"])
    assert (lines.num_rows, pc.count_distinct(lines["line_id"]).as_py()) == (511_565, 511_565)
    assert content.aggregate([]).num_rows < lines.num_rows


def test_online_retail_does_not_know_which_lines_came_back() -> None:
    assert rows(RETAIL, "online_retail_lines")["returned_quantity"].null_count == 511_565


def test_online_retail_has_its_customers() -> None:
    customers = rows(RETAIL, "online_retail_customers")
    assert customers.num_rows == result(RETAIL, "counts_0910")["customers"]


def test_online_retail_knows_its_span() -> None:
    assert pulled(RETAIL, "online_retail_orders")[1].notes["through"] == date(2010, 12, 9)


def test_online_retail_keeps_its_moments_in_london_time() -> None:
    first = pc.min(rows(RETAIL, "online_retail_orders")["ordered_at"]).as_py()
    assert first.isoformat() == "2009-12-01T07:45:00+00:00" == result(RETAIL, "counts_0910")["t0"][:19] + "+00:00"


def test_online_retail_has_countries_as_codes() -> None:
    countries = set(rows(RETAIL, "online_retail_orders")["country"].to_pylist())
    assert {"GB", "IE", "NL", None} <= countries and all(code is None or len(code) == 2 for code in countries)


def test_facebook_has_its_posts_and_interactions() -> None:
    posts, published = rows(FACEBOOK, "facebook_posts"), result(FACEBOOK, "total")
    sums = {name: total(posts, name) for name in ("likes", "comments", "shares", "reach", "impressions")}
    assert posts.num_rows == published["n_posts"]
    assert sums == {name: published[name] for name in sums}


def test_facebook_has_its_mean_of_interactions() -> None:
    posts = rows(FACEBOOK, "facebook_posts")
    assert sum(total(posts, name) for name in ("likes", "comments", "shares")) / posts.num_rows == 212.12


def test_facebook_keeps_what_is_unknown() -> None:
    posts = rows(FACEBOOK, "facebook_posts")
    assert [posts[name].null_count for name in ("likes", "comments", "shares")] == [1, 0, 4]


def test_facebook_has_its_kinds_of_posts() -> None:
    counts = pc.value_counts(rows(FACEBOOK, "facebook_posts")["post_type"]).to_pylist()
    assert {row["values"]: row["counts"] for row in counts} == {
        row["Type"]: row["n_posts"] for row in result(FACEBOOK, "by_type")
    }


def test_facebook_posts_stand_in_their_month_and_on_their_weekday() -> None:
    lines = (DATA / FACEBOOK / "dataset_Facebook.csv").read_text(encoding="utf-8").splitlines()
    header = lines[0].split(";")
    month, weekday = header.index("Post Month"), header.index("Post Weekday")
    expected = [(2014, int(cells[month]), int(cells[weekday])) for cells in (line.split(";") for line in lines[1:])]
    days = rows(FACEBOOK, "facebook_posts")["date"].to_pylist()
    assert [(day.year, day.month, day.isoweekday()) for day in days] == expected


def test_usa_gov_has_its_sessions() -> None:
    days, published = rows(GA4, "usa_sessions_per_day"), result(GA4, "daily_sessions")
    assert (days.num_rows, total(days, "sessions"), pc.max(days["sessions"]).as_py()) == (
        published["n_days"],
        published["sessions"],
        published["max_day"],
    )


def test_usa_gov_has_its_days() -> None:
    days = rows(GA4, "usa_sessions_per_day")["date"].to_pylist()
    assert (min(days), max(days)) == (date(2023, 12, 17), date(2024, 1, 15))


def test_usa_gov_has_its_sessions_of_every_channel_group() -> None:
    channels = rows(GA4, "usa_sessions_per_channel")
    published = reference(GA4)["channel_group_30d"]
    made = dict(zip(channels["channel"].to_pylist(), channels["sessions"].to_pylist(), strict=True))
    assert made == published["by_session_default_channel_group"]
    assert sum(made.values()) == published["visits"]


def test_robyn_has_its_spend_of_every_channel() -> None:
    spend = rows(ROBYN, "robyn_spend").group_by("channel").aggregate([("spend", "sum")]).to_pylist()
    published = result(ROBYN, "total")
    assert {row["channel"]: float(round(row["spend_sum"], 2)) for row in spend} == {
        name: published[name] for name in ("tv", "ooh", "print", "facebook", "search")
    }


def test_robyn_has_its_weeks_and_revenue() -> None:
    weeks, published = rows(ROBYN, "robyn_revenue"), result(ROBYN, "total")
    assert (weeks.num_rows, float(round(total(weeks, "total_amount"), 2))) == (
        published["n_weeks"],
        published["revenue"],
    )


def test_robyn_has_its_marketing_efficiency() -> None:
    revenue = total(rows(ROBYN, "robyn_revenue"), "total_amount")
    spend = total(rows(ROBYN, "robyn_spend"), "spend")
    assert float(round(revenue / spend, 8)) == result(ROBYN, "total")["mer"]
