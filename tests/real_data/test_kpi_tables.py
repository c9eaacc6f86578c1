"""Real data through the whole way: the KPI tables give the figures that are known of each set.

Files, lake, dbt and KPI tables are the night's own. Where a figure differs or cannot be given, DECISIONS.md says why
("Real data sets").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import duckdb
import pytest

from tests.real_data.data_sets import CDNOW, DATA, FACEBOOK, GA4, RETAIL, ROBYN, mappings, needs_data, reference, result
from tests.warehouse import Warehouse

pytestmark = needs_data

BLANK_IS_ZERO = "facebook_posts_blank_is_zero"
BLANK_IS_UNKNOWN = "facebook_posts"
SALE = "Invoice not like 'C%' and Quantity > 0 and Price > 0"


def source(sql: str) -> tuple[Any, ...]:
    """What a query over the lines of online_retail_ii says, past Kompas."""
    file = DATA / RETAIL / "online_retail_2009_2010.parquet"
    row = duckdb.sql(sql.replace("LINES", f"'{file}'")).fetchone()
    assert row is not None
    return row


def as_printed(value: Any, digits: int) -> Any:
    """A figure that was rounded to so many digits."""
    return pytest.approx(value, rel=0, abs=0.5 * 10**-digits + 1e-9)


Figure = Callable[[dict[str, Any]], float]
Judge = Callable[[float], bool]


def by_month(rows: Iterable[dict[str, Any]], column: str) -> dict[date, Any]:
    """A column of a monthly reference, by the first day of the month."""
    return {date.fromisoformat(row["month"][:10]): row[column] for row in rows}


def months(warehouse: Warehouse, brand: str, measure: str) -> dict[date, float]:
    """A measure of all channels by month."""
    rows = warehouse.rows(
        """
        select period_start, value from kpi.kpi_period_measures
        where grain = 'month' and channel = 'all' and brand = $brand and measure = $measure
        """,
        brand=brand,
        measure=measure,
    )
    return dict(rows)


def total(warehouse: Warehouse, brand: str, measure: str) -> float:
    """A measure over all years; unknown when that of one of them is."""
    (value,) = warehouse.row(
        """
        select case when count(*) = count(value) then sum(value) end from kpi.kpi_period_measures
        where grain = 'year' and channel = 'all' and brand = $brand and measure = $measure
        """,
        brand=brand,
        measure=measure,
    )
    return value  # type: ignore[no-any-return]


def kpi_months(warehouse: Warehouse, brand: str, kpi: str) -> dict[date, float]:
    """A KPI by month, where there is something of it."""
    rows = warehouse.rows(
        """
        select period_start, value from kpi.kpi_values
        where grain = 'month' and channel = 'all' and brand = $brand and kpi_id = $kpi and numerator_value <> 0
        """,
        brand=brand,
        kpi=kpi,
    )
    return dict(rows)


def kpi_over_all(warehouse: Warehouse, brand: str, kpi: str) -> float:
    """A KPI over all years: its summed numerators over its summed denominators."""
    (value,) = warehouse.row(
        """
        select sum(numerator_value) / sum(denominator_value) from kpi.kpi_values
        where grain = 'year' and channel = 'all' and brand = $brand and kpi_id = $kpi
        """,
        brand=brand,
        kpi=kpi,
    )
    return value  # type: ignore[no-any-return]


# online_retail_ii


def test_online_retail_has_its_orders(warehouse: Warehouse) -> None:
    assert total(warehouse, RETAIL, "orders") == result(RETAIL, "return_rate_0910")["orders"]


def test_online_retail_has_its_orders_of_every_month(warehouse: Warehouse) -> None:
    assert months(warehouse, RETAIL, "orders") == by_month(result(RETAIL, "monthly_0910"), "orders")


def test_online_retail_has_its_sales(warehouse: Warehouse) -> None:
    assert total(warehouse, RETAIL, "order_revenue") == as_printed(result(RETAIL, "revenue_0910")["gross_sales"], 3)


def test_online_retail_has_its_sales_of_every_month(warehouse: Warehouse) -> None:
    sales = months(warehouse, RETAIL, "order_revenue")
    assert sales == as_printed(by_month(result(RETAIL, "monthly_0910"), "gross"), 2)


def test_online_retail_keeps_its_amounts_in_pounds(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select currency, sum(total_amount) from marts.order_facts where brand = $brand group by 1", brand=RETAIL
    )
    assert [(currency, float(amount)) for currency, amount in rows] == [
        ("GBP", result(RETAIL, "revenue_0910")["gross_sales"])
    ]


def test_online_retail_has_its_cancellations(warehouse: Warehouse) -> None:
    assert total(warehouse, RETAIL, "refunds") == result(RETAIL, "counts_0910")["c_invoices"]


def test_online_retail_has_its_cancellations_of_every_month(warehouse: Warehouse) -> None:
    assert months(warehouse, RETAIL, "refunds") == by_month(result(RETAIL, "monthly_0910"), "returns")


def test_online_retail_has_its_cancelled_value(warehouse: Warehouse) -> None:
    assert total(warehouse, RETAIL, "refund_amount") == as_printed(
        -result(RETAIL, "revenue_0910")["cancelled_value"], 3
    )


def test_online_retail_has_its_cancelled_value_of_every_month(warehouse: Warehouse) -> None:
    refunded = months(warehouse, RETAIL, "refund_amount")
    assert refunded == as_printed(by_month(result(RETAIL, "monthly_0910"), "returned"), 2)


def test_online_retail_has_revenue_of_its_sales_less_its_cancellations(warehouse: Warehouse) -> None:
    published = result(RETAIL, "monthly_0910")
    net = {
        month: gross - by_month(published, "returned")[month] for month, gross in by_month(published, "gross").items()
    }
    assert kpi_months(warehouse, RETAIL, "revenue") == pytest.approx(net, rel=0, abs=0.01)


def test_online_retail_has_its_net_value_but_for_the_bad_debt_that_was_written_off(warehouse: Warehouse) -> None:
    (bad_debt,) = source("select sum(Quantity * Price) from LINES where Invoice like 'A%'")
    revenue = total(warehouse, RETAIL, "net_revenue")
    assert revenue + bad_debt == as_printed(result(RETAIL, "revenue_0910")["net_all_rows"], 3)


def test_online_retail_counts_no_adjustment_as_an_order_or_a_refund(warehouse: Warehouse) -> None:
    counted = warehouse.row("""
        select
            (select count(*) from marts.order_facts where order_id like 'A%'),
            (select count(*) from intermediate.refunds where refund_id like 'A%')
    """)
    assert counted == (0, 0)


def test_online_retail_has_its_order_value(warehouse: Warehouse) -> None:
    assert kpi_over_all(warehouse, RETAIL, "aov") == as_printed(result(RETAIL, "return_rate_0910")["aov_gross"], 6)


def test_online_retail_has_its_order_value_of_every_month(warehouse: Warehouse) -> None:
    published = {
        date.fromisoformat(row["month"][:10]): row["gross"] / row["orders"] for row in result(RETAIL, "monthly_0910")
    }
    assert kpi_months(warehouse, RETAIL, "aov") == as_printed(published, 4)


@pytest.mark.parametrize(
    ("kpi", "figure", "good", "tolerable"),
    [
        (
            "aov",
            lambda row: row["gross"] / row["orders"],
            lambda value: value >= 480,
            lambda value: value >= 480 * 0.95,
        ),
        (
            "return_rate_by_orders",
            lambda row: row["returns"] / row["orders"],
            lambda value: value <= 0.22,
            lambda value: value <= 0.22 * 1.05,
        ),
    ],
)
def test_the_months_of_online_retail_are_judged_as_their_published_figures_deserve(
    warehouse: Warehouse, kpi: str, figure: Figure, good: Judge, tolerable: Judge
) -> None:
    published = {date.fromisoformat(row["month"][:10]): figure(row) for row in result(RETAIL, "monthly_0910")}
    deserved = {
        month: "on_target" if good(value) else "at_risk" if tolerable(value) else "off_target"
        for month, value in published.items()
    }
    deserved[max(deserved)] = "no_verdict"  # The file ends in the middle of December.
    found = warehouse.rows(
        "select period_start, verdict from kpi.kpi_verdicts where kpi_id = $kpi and brand = $brand and target > 0",
        kpi=kpi,
        brand=RETAIL,
    )
    assert {month: verdict for month, verdict in found if month in deserved} == deserved
    assert {"on_target", "off_target"} <= set(deserved.values())


def test_online_retail_has_its_return_rate_by_orders(warehouse: Warehouse) -> None:
    rate = kpi_over_all(warehouse, RETAIL, "return_rate_by_orders")
    assert rate == as_printed(result(RETAIL, "return_rate_0910")["return_rate_by_orders"], 8)


def test_online_retail_has_its_return_rate_by_value(warehouse: Warehouse) -> None:
    rate = kpi_over_all(warehouse, RETAIL, "return_rate_by_value")
    assert rate == as_printed(result(RETAIL, "return_rate_0910")["return_rate_by_value"], 8)


def test_online_retail_has_no_return_rate_by_units_as_no_cancellation_names_its_order(warehouse: Warehouse) -> None:
    verdicts = warehouse.rows(
        """
        select distinct actual, verdict, reason_code from kpi.kpi_verdicts
        where kpi_id = 'return_rate' and brand = $brand and period_end < $file_ends
        """,
        brand=RETAIL,
        file_ends=date.fromisoformat(result(RETAIL, "counts_0910")["t1"][:10]),
    )
    assert verdicts == [(None, "no_verdict", "no_value")]


def test_online_retail_knows_its_units_that_came_back_by_the_day_of_the_cancellation(warehouse: Warehouse) -> None:
    (units,) = source("select -sum(Quantity) from LINES where Invoice like 'C%'")
    assert total(warehouse, RETAIL, "units_refunded") == units


def test_online_retail_counts_the_units_of_its_duplicate_lines(warehouse: Warehouse) -> None:
    duplicates, units, without = source(f"""
        select
            (select count(*) from LINES) - (select count(*) from (select distinct * from LINES)),
            (select sum(Quantity) from LINES where {SALE}),
            (select sum(Quantity) from (select distinct * from LINES where {SALE}))
    """)
    assert duplicates == result(RETAIL, "exact_duplicates_0910")["duplicate_rows"]
    assert total(warehouse, RETAIL, "units_sold") == units > without


def test_online_retail_has_its_customers(warehouse: Warehouse) -> None:
    (customers,) = warehouse.row("select count(*) from intermediate.customers where brand = $brand", brand=RETAIL)
    assert customers == result(RETAIL, "counts_0910")["customers"]


def test_online_retail_has_new_customers_who_bought(warehouse: Warehouse) -> None:
    (buyers, others) = source(f"""
        select
            count(distinct CustomerID) filter (where {SALE}),
            (select count(*) from (select CustomerID from LINES group by 1 having not bool_or({SALE})))
        from LINES
    """)
    assert total(warehouse, RETAIL, "new_customers") == buyers
    assert buyers + others == result(RETAIL, "counts_0910")["customers"]


def test_online_retail_has_orders_of_guests_who_are_no_customers(warehouse: Warehouse) -> None:
    guests = source(f"""
        select count(distinct Invoice), sum(Quantity * Price) from LINES where CustomerID is null and {SALE}
    """)
    made = warehouse.row(
        """
        select count(*), cast(sum(revenue_eur) as double), count(*) filter (where is_new_customer)
        from marts.order_facts where brand = $brand and customer_id is null
        """,
        brand=RETAIL,
    )
    assert made == (guests[0], as_printed(guests[1], 3), 0)


def test_online_retail_is_not_whole_in_the_month_in_which_its_file_ends(warehouse: Warehouse) -> None:
    states = warehouse.rows(
        """
        select period_start, problem_code, problem_detail from kpi.kpi_values
        where kpi_id = 'revenue' and brand = $brand and grain = 'month' and channel = 'all'
            and period_start between '2009-12-01' and '2010-12-31'
        order by period_start
        """,
        brand=RETAIL,
    )
    end = result(RETAIL, "counts_0910")["t1"][:10]
    assert [problem for _, problem, _ in states] == [None] * 12 + ["missing"]
    assert f"the source holds nothing after {end}" in states[-1][2]


# cdnow


def test_cdnow_has_its_purchases_and_revenue(warehouse: Warehouse) -> None:
    published = result(CDNOW, "sample_counts")
    assert total(warehouse, CDNOW, "orders") == published["n_transactions"]
    assert total(warehouse, CDNOW, "order_revenue") == as_printed(published["revenue"], 2)


def test_cdnow_has_its_purchases_and_revenue_of_every_month(warehouse: Warehouse) -> None:
    published = result(CDNOW, "monthly_revenue_sample")
    assert months(warehouse, CDNOW, "orders") == by_month(published, "tx")
    assert months(warehouse, CDNOW, "order_revenue") == as_printed(by_month(published, "revenue"), 2)


def test_cdnow_has_its_customers_each_of_them_new_once(warehouse: Warehouse) -> None:
    assert total(warehouse, CDNOW, "new_customers") == result(CDNOW, "sample_counts")["n_customers"]


def test_cdnow_has_its_cds(warehouse: Warehouse) -> None:
    assert total(warehouse, CDNOW, "units_sold") == result(CDNOW, "sample_counts")["cds"]


def test_cdnow_has_its_span(warehouse: Warehouse) -> None:
    days = warehouse.row(
        "select min(order_date), max(order_date) from marts.order_facts where brand = $brand", brand=CDNOW
    )
    published = result(CDNOW, "sample_counts")
    assert [str(day) for day in days] == [published["first_day"][:10], published["last_day"][:10]]


def test_cdnow_has_its_share_of_customers_who_came_back_on_another_day(warehouse: Warehouse) -> None:
    (share,) = warehouse.row(
        """
        with customers as (
            select customer_id, count(distinct order_date) as days
            from marts.order_facts where brand = $brand group by customer_id
        )
        select count(*) filter (where days > 1) / count(*) from customers
        """,
        brand=CDNOW,
    )
    assert share == as_printed(result(CDNOW, "first10_repeat_rate")["repeat_customer_rate_whole_78w"], 6)


# uci_facebook_metrics


@pytest.mark.parametrize("brand", [BLANK_IS_UNKNOWN, BLANK_IS_ZERO])
@pytest.mark.parametrize(
    ("measure", "name"),
    [("social_posts", "n_posts"), ("social_comments", "comments"), ("social_impressions", "impressions")],
)
def test_facebook_has_what_is_known_of_all_its_posts(warehouse: Warehouse, brand: str, measure: str, name: str) -> None:
    assert total(warehouse, brand, measure) == result(FACEBOOK, "total")[name]


@pytest.mark.parametrize(
    ("measure", "name"),
    [("social_likes", "likes"), ("social_shares", "shares"), ("social_interactions", "interactions")],
)
def test_facebook_has_its_interactions_where_a_blank_is_zero(warehouse: Warehouse, measure: str, name: str) -> None:
    assert total(warehouse, BLANK_IS_ZERO, measure) == result(FACEBOOK, "total")[name]


@pytest.mark.parametrize("measure", ["social_likes", "social_shares", "social_interactions"])
def test_facebook_has_no_total_of_what_is_unknown_of_one_post(warehouse: Warehouse, measure: str) -> None:
    assert total(warehouse, BLANK_IS_UNKNOWN, measure) is None


def test_facebook_has_its_mean_of_interactions(warehouse: Warehouse) -> None:
    mean = kpi_over_all(warehouse, BLANK_IS_ZERO, "interactions_per_post")
    assert mean == as_printed(result(FACEBOOK, "total")["mean_interactions"], 6)


def test_facebook_has_its_interactions_per_impression(warehouse: Warehouse) -> None:
    rate = kpi_over_all(warehouse, BLANK_IS_ZERO, "interactions_per_impression")
    assert rate == as_printed(result(FACEBOOK, "rates")["interactions_per_impression"], 8)


def test_facebook_has_its_social_engagement_of_the_year(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        """
        select value from kpi.kpi_values where kpi_id = 'social_engagement' and grain = 'year'
            and channel = 'Organic Social' and brand = $brand
        """,
        brand=BLANK_IS_ZERO,
    )
    assert rows == [(result(FACEBOOK, "total")["interactions"],)]


def test_facebook_has_its_kinds_of_posts_with_their_rate_by_reach(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        """
        select post_type, count(*), sum(interactions), sum(reach), sum(interactions) / sum(reach)
        from marts.social_post where brand = $brand group by post_type order by 2 desc
        """,
        brand=BLANK_IS_ZERO,
    )
    assert rows == [
        (row["Type"], row["n_posts"], row["interactions"], row["reach"], as_printed(row["er"], 8))
        for row in result(FACEBOOK, "by_type")
    ]


def test_facebook_has_its_reach_and_rate_by_reach_of_the_posts_together(warehouse: Warehouse) -> None:
    made = warehouse.row(
        """
        select sum(reach), avg(reach), sum(interactions) / sum(reach) from marts.social_post where brand = $brand
        """,
        brand=BLANK_IS_ZERO,
    )
    totals, rates = result(FACEBOOK, "total"), result(FACEBOOK, "rates")
    assert made == (
        totals["reach"],
        as_printed(totals["mean_reach"], 6),
        as_printed(rates["interactions_per_reach"], 8),
    )


def test_facebook_keeps_what_is_unknown_of_each_post(warehouse: Warehouse) -> None:
    made = warehouse.row(
        """
        select count(*) - count(likes), count(*) - count(shares), avg(likes)
        from marts.social_post where brand = $brand
        """,
        brand=BLANK_IS_UNKNOWN,
    )
    totals = result(FACEBOOK, "total")
    assert made == (totals["null_like"], totals["null_share"], as_printed(totals["mean_like"], 6))


# analytics_usa_gov_ga4


def test_usa_gov_has_its_sessions_of_thirty_days(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        """
        select period_start, value from kpi.kpi_values where kpi_id = 'sessions' and grain = 'day'
            and channel = 'all' and brand = 'usa_sessions_per_day' and value > 0
        """
    )
    days, published = dict(rows), result(GA4, "daily_sessions")
    assert {
        "n_days": len(days),
        "d0": f"{min(days)}T00:00:00.000",
        "d1": f"{max(days)}T00:00:00.000",
        "sessions": sum(days.values()),
        "max_day": max(days.values()),
    } == published


def test_usa_gov_has_its_sessions_of_every_channel_group_that_ga4_names(warehouse: Warehouse) -> None:
    made, published = _channels(warehouse), _published_channels()
    named = {name: visits for name, visits in published.items() if name not in ("(other)", "Unassigned")}
    assert {name: made[name] for name in named} == named


def test_usa_gov_has_other_with_what_is_unassigned(warehouse: Warehouse) -> None:
    made, published = _channels(warehouse), _published_channels()
    assert made["Unassigned"] == published["Unassigned"] + published["(other)"]


def test_usa_gov_has_its_sessions_of_all_channels_together(warehouse: Warehouse) -> None:
    assert _channels(warehouse)["all"] == reference(GA4)["channel_group_30d"]["visits"]


def test_usa_gov_has_its_total_of_sessions(warehouse: Warehouse) -> None:
    totals = reference(GA4)["files"]["total-sessions-30-days.json"]["totals"]
    assert total(warehouse, "usa_sessions_total", "sessions") == totals["visits"]


def _channels(warehouse: Warehouse) -> dict[str, float]:
    rows = warehouse.rows("""
        select channel, value from kpi.kpi_values
        where kpi_id = 'sessions' and grain = 'month' and period_start = '2024-03-01'
            and brand = 'usa_sessions_per_channel'
    """)
    return dict(rows)


def _published_channels() -> dict[str, int]:
    return reference(GA4)["channel_group_30d"]["by_session_default_channel_group"]  # type: ignore[no-any-return]


# robyn_simulated_weekly


def test_robyn_has_its_weeks_and_revenue(warehouse: Warehouse) -> None:
    published = result(ROBYN, "total")
    assert total(warehouse, ROBYN, "orders") == published["n_weeks"]
    assert total(warehouse, ROBYN, "order_revenue") == as_printed(published["revenue"], 2)


def test_robyn_has_its_spend_of_every_channel(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        """
        select campaign_id, cast(sum(spend_eur) as double), min(day), max(day)
        from marts.ad_campaign_day where brand = $brand group by 1
        """,
        brand=ROBYN,
    )
    published = result(ROBYN, "total")
    names = mappings(ROBYN)[0]["unpivot"]["columns"]
    assert {name: spend for name, spend, _, _ in rows} == as_printed(
        {name.removesuffix("_S"): published[name.removesuffix("_S")] for name in names}, 2
    )
    assert {(str(first), str(last)) for _, _, first, last in rows} == {(published["d0"][:10], published["d1"][:10])}


def test_robyn_has_its_marketing_efficiency(warehouse: Warehouse) -> None:
    assert kpi_over_all(warehouse, ROBYN, "mer") == as_printed(result(ROBYN, "total")["mer"], 8)
