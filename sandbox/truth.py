"""The true KPIs of a period, as far as they can be known from outside: straight from the tables of the world.

Rules (the build contract's, and the platforms'):
* Known means known_at <= world.now. A cancellation that is still to come has not happened.
* Orders are those of the shop and of both outlets: no tests, none that are cancelled, unpaid, failed or thrown away by
  now; their refunds and their lines are out with them. What analytics saw is the shop's alone.
* An order is returned when a unit of it came back; the value returned is its refunds without VAT, on the order's date.
* Revenue is without VAT: an order's total less its tax, on the order date (Europe/Amsterdam). A refund's VAT share is
  that of its order; it is booked on the local day of the refund. Units returned are booked on the order's date.
* A new customer is a known customer's first order ever (customer_order_index 1) among the orders above. Each shop has
  customers of its own.
* Visitors are unique over the whole period. Web purchases and revenue are what GA4 saw of orders (a later
  cancellation does not undo them); revenue there is the total with VAT. Key events: purchases and newsletter sign-ups.
* Ad amounts are in the account's currency, converted at the ECB's rate of that day, else the last one before it.
  Conversions are booked on the day of the click or view. A lead is Google's secondary action: not a conversion.
* A customer's lifetime value so far: the revenue of all orders through the day that were placed within so many months
  of the first one, less the refunds of them that were paid by then, times the margin. Of customers whose first order
  ever was placed since `since`, and who ordered with an account.
* A newsletter counts on the local day on which it was sent, with everything known of it by now, and so does a mailing
  of another tool; a flow mails on every day. Delivered = sent less hard bounces, soft bounces and syntax errors. Opens
  are those of people where the tool tells them from machines; clicks are people who clicked.
* An answer to a survey counts on its local day, on a scale of 1 to 10: other scales are stretched, their ends onto the
  ends, and so are the three faces of the CRM. Good and bad are 10 and 1 (percent_good: 100 and 0). Whether people would
  recommend us, or found it easy, is not satisfaction.
* A deal in the CRM is a lead, unless it was deleted. Days are those of the CRM account.
* A lead that is won counts on the day that the CRM says; one won before it came in is a mistake, and has no lead time.
* A post counts on the day of placing, with all that is known of it by now.
* Searches are all of them on all sites, the rare terms that nobody is told included, on the days that Google has
  finished by now. A search position weighs by impressions.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sandbox.company import World

Measures = dict[str, float | int | None]

GRAINS = ("week", "month", "quarter", "half_year", "year")

_LOCAL = "(({moment}) AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Amsterdam')::DATE"
_THERE = "(({moment}) AT TIME ZONE 'UTC' AT TIME ZONE time_zone)::DATE"
_COMMON = f"""
WITH span AS (SELECT $first::DATE AS first, $through::DATE AS through, $clock::TIMESTAMP AS clock),
good_orders AS (
    SELECT order_id, order_date, customer_id, customer_order_index, total, tax FROM orders, span
    WHERE known_at <= clock AND NOT test AND (cancelled_at IS NULL OR cancelled_at > clock)
    UNION ALL
    SELECT order_id, order_date, customer_id,
        row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at, order_id) AS customer_order_index, total, tax
    FROM outlet_orders, span WHERE ordered_at <= clock AND (void_at IS NULL OR void_at > clock)),
lines AS (
    SELECT order_id, quantity FROM order_lines UNION ALL SELECT order_id, quantity FROM outlet_lines),
period_orders AS (SELECT good_orders.* FROM good_orders, span WHERE order_date BETWEEN first AND through),
known_refunds AS (
    SELECT order_id, quantity, amount, {_LOCAL.format(moment="refunded_at")} AS refund_date FROM refunds, span
    WHERE known_at <= clock
    UNION ALL
    SELECT order_id, quantity, amount, {_LOCAL.format(moment="refunded_at")} AS refund_date FROM outlet_refunds, span
    WHERE refunded_at <= clock),
rates AS (SELECT date, currency, units_per_eur FROM fx_rates, span WHERE known_at <= clock),
good_deals AS (
    SELECT crm_deals.* FROM crm_deals, span
    WHERE known_at <= clock AND (deleted_at IS NULL OR deleted_at > clock)),
all_leads AS (
    SELECT created_date, known_at, decided_at, won_date FROM leads
    UNION ALL SELECT created_date, known_at, decided_at, won_date FROM good_deals),
all_answers AS (
    SELECT known_at, {_LOCAL.format(moment="answered_at")} AS day, score, scale FROM surveys
    UNION ALL
    SELECT known_at, {_THERE.format(moment="answered_at")} AS day, value * 50 AS score, 'percent_good' AS scale
    FROM crm_answers JOIN crm_accounts USING (account_id) WHERE survey_type = 'CSAT')
"""
_IN_EUR = "CASE days.currency WHEN 'EUR' THEN {amount}::DOUBLE ELSE {amount}::DOUBLE / units_per_eur::DOUBLE END"

_QUERIES: dict[str, str] = {
    "visits": """
        SELECT count(*) AS sessions, count(*) FILTER (engaged) AS engaged_sessions,
            count(DISTINCT visitor_id) AS visitors, count(*) FILTER (newsletter_signup) AS signups
        FROM visits, span WHERE date BETWEEN first AND through AND known_at <= clock""",
    "web": """
        SELECT count(*) AS web_purchases, coalesce(sum(total), 0)::DOUBLE AS web_revenue
        FROM orders, span WHERE seen_by_ga4 AND order_date BETWEEN first AND through AND ga4_known_at <= clock""",
    "shop": """
        SELECT count(*) AS orders, coalesce(sum(total - tax), 0)::DOUBLE AS order_revenue,
            count(*) FILTER (customer_id IS NOT NULL AND customer_order_index = 1) AS new_customers
        FROM period_orders""",
    "units": """
        SELECT coalesce(sum(quantity), 0)::BIGINT AS units_sold FROM lines JOIN period_orders USING (order_id)""",
    "returns": """
        SELECT coalesce(sum(quantity), 0)::BIGINT AS units_returned,
            count(DISTINCT order_id) FILTER (quantity > 0) AS orders_returned,
            coalesce(fsum(amount::DOUBLE * (total - tax)::DOUBLE / nullif(total, 0)::DOUBLE), 0) AS value_returned
        FROM known_refunds JOIN period_orders USING (order_id)""",
    "refunds": """
        SELECT coalesce(fsum(amount::DOUBLE * (total - tax)::DOUBLE / nullif(total, 0)::DOUBLE), 0) AS refund_amount
        FROM known_refunds JOIN good_orders USING (order_id), span WHERE refund_date BETWEEN first AND through""",
    "ads": f"""
        SELECT coalesce(fsum({_IN_EUR.format(amount="cost")}), 0) AS ad_spend,
            coalesce(sum(clicks), 0)::BIGINT AS ad_clicks, coalesce(sum(impressions), 0)::BIGINT AS ad_impressions
        FROM (SELECT d.date, c.currency, sum(d.cost) AS cost, sum(d.clicks) AS clicks, sum(d.impressions) AS impressions
              FROM ad_days AS d JOIN ad_campaigns AS c USING (platform, account_id, campaign_id), span
              WHERE d.date BETWEEN first AND through AND d.known_at <= clock GROUP BY ALL) AS days
        ASOF LEFT JOIN rates ON days.currency = rates.currency AND days.date >= rates.date""",
    "conversions": f"""
        SELECT coalesce(sum(conversions), 0)::DOUBLE AS ad_conversions,
            coalesce(fsum({_IN_EUR.format(amount="amount")}), 0) AS ad_conversion_value
        FROM (SELECT v.click_date AS date, c.currency, sum(v.conversions) AS conversions, sum(v.value) AS amount
              FROM ad_conversions AS v JOIN ad_campaigns AS c USING (platform, account_id, campaign_id), span
              WHERE v.click_date BETWEEN first AND through AND v.known_at <= clock AND v.action = 'purchase'
              GROUP BY ALL) AS days
        ASOF LEFT JOIN rates ON days.currency = rates.currency AND days.date >= rates.date""",
    "delivered": f"""
        SELECT coalesce(sum(delivered), 0)::BIGINT AS email_delivered
        FROM (
            SELECT known_at, date, recipients - hard_bounces - soft_bounces AS delivered FROM mailings
            UNION ALL
            SELECT send_time, {_LOCAL.format(moment="send_time")}, emails_sent - hard_bounces - soft_bounces
                - syntax_errors FROM newsletters), span
        WHERE known_at <= clock AND date BETWEEN first AND through""",
    "opens": f"""
        SELECT coalesce(sum(opens), 0)::BIGINT AS email_unique_opens,
            coalesce(sum(clicks), 0)::BIGINT AS email_unique_clicks,
            coalesce(sum(unsubscribed), 0)::BIGINT AS email_unsubscribed
        FROM (
            SELECT d.known_at, m.date, unique_opens AS opens, unique_clicks AS clicks, unsubscribed
            FROM mailing_deltas AS d JOIN mailings AS m USING (tool, account_id, mailing_id)
            UNION ALL
            SELECT d.known_at, {_LOCAL.format(moment="n.send_time")}, human_unique_opens, unique_subscriber_clicks,
                unsubscribed
            FROM newsletter_deltas AS d JOIN newsletters AS n USING (campaign_id)), span
        WHERE known_at <= clock AND date BETWEEN first AND through""",
    "surveys": """
        SELECT count(*) AS survey_responses,
            coalesce(fsum(CASE scale WHEN '1-10' THEN score WHEN '1-7' THEN 1 + (score - 1) * 9 / 6
                WHEN '1-5' THEN 1 + (score - 1) * 9 / 4 WHEN 'percent_good' THEN 1 + score * 9 / 100 END), 0)
            AS survey_points
        FROM all_answers, span WHERE known_at <= clock AND day BETWEEN first AND through""",
    "leads": """
        SELECT count(*) AS leads_created FROM all_leads, span
        WHERE known_at <= clock AND created_date BETWEEN first AND through""",
    "won": """
        SELECT count(*) AS leads_won, coalesce(sum(won_date - created_date), 0)::DOUBLE AS lead_days,
            coalesce(median(won_date - created_date) * count(*), 0)::DOUBLE AS lead_median_days
        FROM all_leads, span
        WHERE decided_at <= clock AND won_date BETWEEN first AND through AND won_date >= created_date""",
    "posts": """
        SELECT count(*) AS social_posts FROM posts, span WHERE known_at <= clock AND date BETWEEN first AND through""",
    "social": """
        SELECT coalesce(sum(likes), 0)::BIGINT AS social_likes, coalesce(sum(comments), 0)::BIGINT AS social_comments,
            coalesce(sum(shares), 0)::BIGINT AS social_shares, coalesce(sum(d.impressions), 0)::BIGINT
            AS social_impressions, coalesce(sum(likes + comments + shares), 0)::BIGINT AS social_interactions
        FROM post_deltas AS d JOIN posts AS p USING (post_id), span
        WHERE p.known_at <= clock AND d.known_at <= clock AND p.date BETWEEN first AND through""",
    "search": """
        SELECT coalesce(sum(clicks), 0)::BIGINT AS search_clicks, coalesce(sum(impressions), 0)::BIGINT
            AS search_impressions, coalesce(fsum(position * impressions), 0) AS search_weighted_position
        FROM searches, span WHERE final_at <= clock AND date BETWEEN first AND through""",
}

_LIFETIMES = """
    , firsts AS (
        SELECT customer_id, order_date AS first_date FROM good_orders
        WHERE customer_id IS NOT NULL AND customer_order_index = 1 AND order_date BETWEEN $since AND $through),
    counted AS (
        SELECT good_orders.* FROM good_orders JOIN firsts USING (customer_id)
        WHERE order_date <= $through AND order_date < first_date + to_months($months)),
    paid_back AS (
        SELECT fsum(amount::DOUBLE * (total - tax)::DOUBLE / nullif(total, 0)::DOUBLE) AS amount
        FROM known_refunds JOIN counted USING (order_id) WHERE refund_date <= $through)
    SELECT fsum((total - tax)::DOUBLE) - coalesce(any_value(paid_back.amount), 0) AS revenue,
        (SELECT count(*) FROM firsts) AS customers
    FROM counted, paid_back"""

RATIOS: dict[str, tuple[str, str]] = {
    "conversion_rate": ("web_purchases", "visitors"),
    "cpa": ("ad_spend", "new_customers"),
    "email_open_rate": ("email_unique_opens", "email_delivered"),
    "return_rate": ("units_returned", "units_sold"),
    "roas": ("ad_conversion_value", "ad_spend"),
    "aov": ("order_revenue", "orders"),
    "csat": ("survey_points", "survey_responses"),
    "lead_time": ("lead_days", "leads_won"),
    "lead_time_median": ("lead_median_days", "leads_won"),
    "search_position": ("search_weighted_position", "search_impressions"),
}
"""KPI: (numerator, denominator); nothing when the denominator is 0."""
SUMS: dict[str, str] = {
    "website_traffic": "visitors",
    "revenue": "net_revenue",
    "social_engagement": "social_interactions",
}


def true_kpis(world: World, grain: str, period_start: date, through: date) -> Measures:
    """Measures and KPIs by name for period_start..through (inclusive), in EUR, counts and plain ratios.

    `through` may lie inside the period (period to date) but not beyond its end. Ratios without a denominator are None.
    """
    if not period_start <= through <= period_end(grain, period_start):
        raise ValueError(f"{through} is not in the {grain} that starts on {period_start}")
    measures = true_measures(world, period_start, through)
    kpis = {name: _ratio(measures[top], measures[bottom]) for name, (top, bottom) in RATIOS.items()}
    return measures | kpis | {name: measures[measure] for name, measure in SUMS.items()}


def true_measures(world: World, first: date, through: date) -> Measures:
    """The measures of first..through (inclusive) by their names in kpi_measures."""
    found: dict[str, Any] = {}
    params = {"first": first, "through": through, "clock": world.clock}
    for sql in _QUERIES.values():
        table = world.arrow(_COMMON + sql, params)
        found |= {name: table.column(name)[0].as_py() for name in table.column_names}
    found["key_events"] = found["web_purchases"] + found["signups"]
    found["net_revenue"] = found["order_revenue"] - found["refund_amount"]
    return found


def true_clv(world: World, since: date, through: date, gross_margin: float, months: int = 60) -> float | None:
    """Gross profit per customer until `through`, in EUR; None where nobody became a customer."""
    params = {"first": since, "through": through, "clock": world.clock, "since": since, "months": months}
    (row,) = world.arrow(_COMMON + _LIFETIMES, params).to_pylist()
    return _ratio(row["revenue"] and gross_margin * row["revenue"], row["customers"])


def period_end(grain: str, start: date) -> date:
    """The last day of the period; ValueError when `start` is not the first day of a week (ISO), month, …"""
    if grain not in GRAINS:
        raise ValueError(f"grain {grain!r} is none of {', '.join(GRAINS)}")
    months = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}.get(grain, 0)
    aligned = start.weekday() == 0 if grain == "week" else start.day == 1 and (start.month - 1) % months == 0
    if not aligned:
        raise ValueError(f"{start} is not the first day of a {grain}")
    if grain == "week":
        return start + timedelta(days=6)
    next_month = start.month - 1 + months
    return date(start.year + next_month // 12, next_month % 12 + 1, 1) - timedelta(days=1)


def _ratio(top: float | None, bottom: float | None) -> float | None:
    return float(top) / float(bottom) if top is not None and bottom else None
