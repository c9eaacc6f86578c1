"""The true KPIs, worked out a second time in plain Python from the rows of a small world."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox.company import World
from sandbox.truth import period_end, true_clv, true_kpis, true_measures

NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
FIRST, THROUGH = date(2026, 4, 1), date(2026, 4, 30)


@pytest.fixture(scope="module")
def company() -> World:
    return World(seed=11, scale=0.3, first_day=date(2026, 3, 1), now=NOW)


@pytest.fixture(scope="module")
def april(company: World) -> dict[str, Any]:
    return true_kpis(company, "month", FIRST, THROUGH)


@cache
def rows(company: World, table: str) -> list[dict[str, Any]]:
    return company.arrow(f"SELECT * FROM {table}").to_pylist()


def known(company: World, table: str, column: str = "known_at") -> list[dict[str, Any]]:
    return [row for row in rows(company, table) if row[column] <= company.clock]


def local(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Amsterdam")).date()


def in_april(day: date) -> bool:
    return FIRST <= day <= THROUGH


def good_orders(company: World) -> dict[int, dict[str, Any]]:
    """Of the shop and of the outlets, which do not number the orders of a customer."""
    shop = [
        row
        for row in known(company, "orders")
        if not row["test"] and (row["cancelled_at"] is None or row["cancelled_at"] > company.clock)
    ]
    return {row["order_id"]: row for row in [*shop, *outlet_orders(company)]}


def outlet_orders(company: World) -> list[dict[str, Any]]:
    seen: set[int] = set()
    numbered = []
    for row in sorted(known(company, "outlet_orders", "ordered_at"), key=lambda row: row["ordered_at"]):
        if row["void_at"] is None or row["void_at"] > company.clock:
            first = row["customer_id"] is not None and row["customer_id"] not in seen
            seen.add(row["customer_id"])
            numbered.append(row | {"customer_order_index": 1 if first else 2})
    return numbered


def known_refunds(company: World) -> list[dict[str, Any]]:
    return [*known(company, "refunds"), *known(company, "outlet_refunds", "refunded_at")]


def in_eur(company: World, day: date, currency: str, amount: Decimal) -> Decimal:
    if currency == "EUR":
        return amount
    rates = {row["date"]: row["units_per_eur"] for row in known(company, "fx_rates") if row["currency"] == currency}
    return amount / rates[max(published for published in rates if published <= day)]


def test_visitors_are_counted_once(company: World, april: dict[str, Any]) -> None:
    visits = [row for row in known(company, "visits") if in_april(row["date"])]
    assert april["sessions"] == len(visits)
    assert april["visitors"] == april["website_traffic"] == len({row["visitor_id"] for row in visits}) < len(visits)
    assert april["engaged_sessions"] == sum(row["engaged"] for row in visits)


def test_web_purchases_are_what_analytics_saw(company: World, april: dict[str, Any]) -> None:
    seen = [
        row for row in known(company, "orders", "ga4_known_at") if row["seen_by_ga4"] and in_april(row["order_date"])
    ]
    signups = [row for row in known(company, "visits") if in_april(row["date"]) and row["newsletter_signup"]]
    assert april["web_purchases"] == len(seen)
    assert april["web_revenue"] == pytest.approx(float(sum(row["total"] for row in seen)), rel=1e-12)
    assert april["key_events"] == len(seen) + len(signups)
    assert april["conversion_rate"] == len(seen) / april["visitors"]


def test_revenue_is_without_vat_and_less_refunds(company: World, april: dict[str, Any]) -> None:
    orders = good_orders(company)
    sold = [row for row in orders.values() if in_april(row["order_date"])]
    revenue = sum(row["total"] - row["tax"] for row in sold)
    refunds = sum(
        row["amount"]
        * (orders[row["order_id"]]["total"] - orders[row["order_id"]]["tax"])
        / orders[row["order_id"]]["total"]
        for row in known_refunds(company)
        if row["order_id"] in orders and in_april(local(row["refunded_at"]))
    )
    assert april["orders"] == len(sold)
    assert april["order_revenue"] == pytest.approx(float(revenue), rel=1e-12)
    assert april["refund_amount"] == pytest.approx(float(refunds), rel=1e-9)
    assert april["revenue"] == pytest.approx(float(revenue - refunds), rel=1e-9)
    assert april["aov"] == pytest.approx(float(revenue) / len(sold), rel=1e-12)


def test_returns_count_on_the_date_of_their_order(company: World, april: dict[str, Any]) -> None:
    sold = {number for number, row in good_orders(company).items() if in_april(row["order_date"])}
    lines = [*rows(company, "order_lines"), *rows(company, "outlet_lines")]
    units = sum(row["quantity"] for row in lines if row["order_id"] in sold)
    back = sum(row["quantity"] for row in known_refunds(company) if row["order_id"] in sold)
    assert (april["units_sold"], april["units_returned"]) == (units, back)
    assert april["return_rate"] == back / units


def test_new_customers_are_known_people_with_a_first_order(company: World, april: dict[str, Any]) -> None:
    firsts = [
        row for row in good_orders(company).values() if in_april(row["order_date"]) and row["customer_order_index"] == 1
    ]
    assert april["new_customers"] == len({row["customer_id"] for row in firsts}) == len(firsts)


def profit(company: World, months: int) -> Decimal:
    """Half of what the customers of April, and they alone, brought until its last day."""
    orders = good_orders(company)
    firsts = {
        row["customer_id"]: row["order_date"]
        for row in orders.values()
        if row["customer_id"] is not None and row["customer_order_index"] == 1 and in_april(row["order_date"])
    }
    ends = {customer: first + timedelta(days=30 * months) for customer, first in firsts.items()}
    counted = {
        number: row
        for number, row in orders.items()
        if row["customer_id"] in ends and row["order_date"] < ends[row["customer_id"]] and row["order_date"] <= THROUGH
    }
    revenue = sum((row["total"] - row["tax"] for row in counted.values()), Decimal(0))
    for row in known_refunds(company):
        if row["order_id"] in counted and local(row["refunded_at"]) <= THROUGH:
            order = counted[row["order_id"]]
            revenue -= row["amount"] * (order["total"] - order["tax"]) / order["total"]
    return revenue / 2 / len(firsts)


def test_a_lifetime_value_is_what_the_customers_won_since_a_day_brought(company: World) -> None:
    # April is shorter than a horizon of any months, and has 30 days, as a month from any of its days has.
    assert true_clv(company, FIRST, THROUGH, 0.5) == pytest.approx(float(profit(company, 60)), rel=1e-9)


def test_orders_beyond_the_horizon_bring_nothing(company: World) -> None:
    short, long = (true_clv(company, date(2026, 3, 1), NOW.date(), 0.5, months) for months in (1, 60))
    assert short is not None and long is not None
    assert 0 < short < long


def test_without_customers_there_is_no_lifetime_value(company: World) -> None:
    assert true_clv(company, date(2026, 2, 1), date(2026, 2, 2), 0.5) is None


def test_ad_amounts_are_euros_of_their_day(company: World, april: dict[str, Any]) -> None:
    currency = {row["campaign_id"]: row["currency"] for row in rows(company, "ad_campaigns")}
    days = [row for row in known(company, "ad_days") if in_april(row["date"])]
    spend: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for row in days:
        spend[row["date"], currency[row["campaign_id"]]] += row["cost"]
    in_euros = sum(in_eur(company, day, money, amount) for (day, money), amount in spend.items())
    assert april["ad_spend"] == pytest.approx(float(in_euros), rel=1e-9)
    assert april["ad_clicks"] == sum(row["clicks"] for row in days)
    assert april["ad_impressions"] == sum(row["impressions"] for row in days)
    assert april["cpa"] == april["ad_spend"] / april["new_customers"]


def test_ad_conversions_are_purchases_on_the_day_of_the_click(company: World, april: dict[str, Any]) -> None:
    currency = {row["campaign_id"]: row["currency"] for row in rows(company, "ad_campaigns")}
    bought = [
        row for row in known(company, "ad_conversions") if in_april(row["click_date"]) and row["action"] == "purchase"
    ]
    value: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for row in bought:
        value[row["click_date"], currency[row["campaign_id"]]] += row["value"]
    in_euros = sum(in_eur(company, day, money, amount) for (day, money), amount in value.items())
    assert april["ad_conversions"] == sum(row["conversions"] for row in bought)
    assert april["ad_conversion_value"] == pytest.approx(float(in_euros), rel=1e-9)
    assert april["roas"] == april["ad_conversion_value"] / april["ad_spend"]


def newsletters_of_april(company: World) -> tuple[int, int, int, int]:
    """(delivered, openers, clickers, unsubscribed) of Mailchimp."""
    newsletters = known(company, "newsletters", "send_time")
    sent = {row["campaign_id"]: row for row in newsletters if in_april(local(row["send_time"]))}
    deltas = [row for row in known(company, "newsletter_deltas") if row["campaign_id"] in sent]
    bounced = ("hard_bounces", "soft_bounces", "syntax_errors")
    delivered = sum(row["emails_sent"] - sum(row[name] for name in bounced) for row in sent.values())
    counted = ("human_unique_opens", "unique_subscriber_clicks", "unsubscribed")
    return delivered, *(sum(row[name] for row in deltas) for name in counted)  # type: ignore[return-value]


def mailings_of_april(company: World) -> tuple[int, int, int, int]:
    """(delivered, openers, clickers, unsubscribed) of all other tools."""
    sent = {(row["tool"], row["mailing_id"]): row for row in known(company, "mailings") if in_april(row["date"])}
    deltas = [row for row in known(company, "mailing_deltas") if (row["tool"], row["mailing_id"]) in sent]
    delivered = sum(row["recipients"] - row["hard_bounces"] - row["soft_bounces"] for row in sent.values())
    counted = ("unique_opens", "unique_clicks", "unsubscribed")
    return delivered, *(sum(row[name] for row in deltas) for name in counted)  # type: ignore[return-value]


def test_the_open_rate_is_of_people_over_delivered_by_all_tools(company: World, april: dict[str, Any]) -> None:
    parts = newsletters_of_april(company), mailings_of_april(company)
    delivered, opened, clicked, left = (sum(both) for both in zip(*parts, strict=True))
    assert min(min(part) for part in parts) > 0
    assert april["email_delivered"] == delivered
    assert (april["email_unique_opens"], april["email_unique_clicks"]) == (opened, clicked)
    assert april["email_unsubscribed"] == left
    assert april["email_open_rate"] == opened / delivered


def good_deals(company: World) -> list[dict[str, Any]]:
    """Without those that were deleted."""
    deals = known(company, "crm_deals")
    return [row for row in deals if row["deleted_at"] is None or row["deleted_at"] > company.clock]


def test_satisfaction_is_the_mean_of_all_answers_on_a_scale_of_1_to_10(company: World, april: dict[str, Any]) -> None:
    answers = [row for row in known(company, "surveys") if in_april(local(row["answered_at"]))]
    stretched = {
        "1-5": {1: 1.0, 2: 3.25, 3: 5.5, 4: 7.75, 5: 10.0},
        "1-7": {1: 1.0, 2: 2.5, 3: 4.0, 4: 5.5, 5: 7.0, 6: 8.5, 7: 10.0},
        "percent_good": {0: 1.0, 100: 10.0},
    }
    scores = [stretched[row["scale"]][row["score"]] if row["scale"] != "1-10" else row["score"] for row in answers]
    assert {row["scale"] for row in answers} == {"1-10", *stretched}
    zones = {row["account_id"]: ZoneInfo(row["time_zone"]) for row in rows(company, "crm_accounts")}
    faces = [
        row["value"]
        for row in known(company, "crm_answers")
        if row["survey_type"] == "CSAT"
        and in_april(row["answered_at"].replace(tzinfo=UTC).astimezone(zones[row["account_id"]]).date())
    ]
    assert set(faces) == {0, 1, 2}
    scores += [{0: 1.0, 1: 5.5, 2: 10.0}[face] for face in faces]
    assert april["csat"] == pytest.approx(mean(scores), rel=1e-12)


def test_lead_time_is_of_leads_won_in_the_period_without_those_won_before_they_came(
    company: World, april: dict[str, Any]
) -> None:
    leads = [*rows(company, "leads"), *good_deals(company)]
    won = [row for row in leads if row["decided_at"] and row["decided_at"] <= company.clock]
    times = [
        (row["won_date"] - row["created_date"]).days for row in won if row["won_date"] and in_april(row["won_date"])
    ]
    right = [time for time in times if time >= 0]
    assert (april["lead_time"], april["lead_time_median"]) == (mean(right), median(right))
    came = [row for row in [*known(company, "leads"), *good_deals(company)] if in_april(row["created_date"])]
    assert april["leads_created"] == len(came)


def test_engagement_is_of_posts_placed_in_the_period_whenever_it_came(company: World, april: dict[str, Any]) -> None:
    placed = {row["post_id"] for row in known(company, "posts") if in_april(row["date"])}
    deltas = [row for row in known(company, "post_deltas") if row["post_id"] in placed]
    assert april["social_posts"] == len(placed)
    assert april["social_engagement"] == sum(row["likes"] + row["comments"] + row["shares"] for row in deltas)


def test_positions_weigh_by_impressions(company: World, april: dict[str, Any]) -> None:
    tables = ("search_days", "rare_searches")
    days = [row for table in tables for row in known(company, table) if in_april(row["date"])]
    weighted = sum(row["position"] * row["impressions"] for row in days)
    assert april["search_position"] == pytest.approx(weighted / sum(row["impressions"] for row in days), rel=1e-12)


def test_searches_of_days_that_google_has_not_finished_do_not_count(company: World) -> None:
    unfinished = [row["date"] for row in rows(company, "rare_searches") if row["final_at"] > company.clock]
    assert true_measures(company, min(unfinished), max(unfinished))["search_impressions"] == 0
    assert true_measures(company, min(unfinished) - timedelta(days=1), max(unfinished))["search_impressions"] > 0


def test_what_is_not_known_yet_does_not_count() -> None:
    company = World(seed=11, scale=0.3, first_day=date(2026, 3, 1), now=datetime(2026, 5, 1, 4, 0, tzinfo=UTC))
    then = true_kpis(company, "month", FIRST, THROUGH)
    company.now = NOW
    now = true_kpis(company, "month", FIRST, THROUGH)
    assert then["units_returned"] < now["units_returned"]
    assert then["sessions"] < now["sessions"]
    assert then["ad_conversions"] < now["ad_conversions"]
    assert then["email_unique_opens"] < now["email_unique_opens"]
    assert then["ad_spend"] > now["ad_spend"]
    assert then["social_engagement"] < now["social_engagement"]


def test_a_cancellation_takes_its_order_away(company: World) -> None:
    number, day, cancelled_at = company.query(
        """SELECT order_id, order_date, cancelled_at FROM orders
        WHERE cancelled_at BETWEEN '2026-04-02' AND '2026-04-28' LIMIT 1"""
    )[0]
    company.now = cancelled_at.replace(tzinfo=UTC) - timedelta(seconds=1)
    before = true_measures(company, day, day)["orders"]
    company.now = cancelled_at.replace(tzinfo=UTC)
    after = true_measures(company, day, day)["orders"]
    company.now = NOW
    assert before == after + 1, number


def test_a_period_without_visitors_has_no_ratio(company: World) -> None:
    empty = true_kpis(company, "week", date(2026, 2, 2), date(2026, 2, 8))
    assert empty["visitors"] == 0
    assert empty["conversion_rate"] is empty["cpa"] is empty["roas"] is empty["aov"] is None


@pytest.mark.parametrize(
    ("grain", "start", "end"),
    [
        ("week", date(2025, 12, 29), date(2026, 1, 4)),
        ("month", date(2026, 2, 1), date(2026, 2, 28)),
        ("quarter", date(2025, 10, 1), date(2025, 12, 31)),
        ("half_year", date(2026, 1, 1), date(2026, 6, 30)),
        ("half_year", date(2026, 7, 1), date(2026, 12, 31)),
        ("year", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_periods_end_where_the_calendar_says(grain: str, start: date, end: date) -> None:
    assert period_end(grain, start) == end


@pytest.mark.parametrize(
    ("grain", "start", "through"),
    [
        ("week", date(2026, 4, 1), date(2026, 4, 5)),
        ("quarter", date(2026, 5, 1), date(2026, 5, 31)),
        ("month", date(2026, 4, 1), date(2026, 5, 1)),
        ("half_year", date(2026, 4, 1), date(2026, 5, 1)),
        ("fortnight", date(2026, 4, 1), date(2026, 4, 2)),
    ],
)
def test_days_outside_the_period_are_refused(company: World, grain: str, start: date, through: date) -> None:
    with pytest.raises(ValueError, match=r"not|none"):
        true_kpis(company, grain, start, through)
