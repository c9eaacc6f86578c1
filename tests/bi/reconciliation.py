"""The ready-made views against the KPI tables: queries of which each row is a figure that differs."""

from __future__ import annotations

_SEGMENT = "brand, country, channel, keyword"
_KEY = f"kpi_id, grain, period_start, {_SEGMENT}"
_FIGURES = f"{_KEY}, actual, target, target_low, target_high, forecast, verdict, reason"
_EVERYTHING = "brand = 'all' and country = 'all' and channel = 'all' and keyword = 'all'"
_CLOSE = "abs(coalesce({0}, 0) - coalesce({1}, 0)) <= 1e-6 + 1e-9 * abs(coalesce({1}, 0))"
COUNTS = (
    "sessions",
    "engaged_sessions",
    "ad_impressions",
    "ad_clicks",
    "orders",
    "new_customers",
    "leads_created",
    "key_events",
    "ad_conversions",
    "ad_spend",
    "ad_conversion_value",
    "web_revenue",
    "order_revenue",
    "net_revenue",
)
"""What the view of channels adds up."""

QUERIES = {
    "the scorecard has rows of the KPI tables": f"""
        select {_FIGURES} from bi.scorecard except select {_FIGURES} from kpi.kpi_scorecard""",
    "the scorecard has every KPI and segment": f"""
        select kpi_id, {_SEGMENT} from kpi.kpi_scorecard except select kpi_id, {_SEGMENT} from bi.scorecard""",
    "the trend has every verdict": f"""
        (select {_FIGURES} from kpi.kpi_verdicts except all select {_FIGURES} from bi.trend)
        union all
        (select {_FIGURES} from bi.trend except all select {_FIGURES} from kpi.kpi_verdicts)""",
    "channels add up to the company": f"""
        with
        long as (
            unpivot (
                select grain, period_start, columns(lambda name: name in {COUNTS})::double from bi.channel_performance
            )
            on {", ".join(COUNTS)} into name measure value found
        ),
        sums as (select grain, period_start, measure, sum(found) as found from long group by all)
        select measures.*, sums.found
        from kpi.kpi_period_measures as measures
        left join sums using (grain, period_start, measure)
        where {_EVERYTHING} and measures.measure in {COUNTS} and measures.value is not null
            and not {_CLOSE.format("sums.found", "measures.value")}""",
    "the funnel adds up to the company": f"""
        with sums as (select month_start as period_start, measure, sum(value) as found from bi.funnel group by all)
        select sums.*, measures.value
        from sums
        left join (from kpi.kpi_period_measures where grain = 'month' and {_EVERYTHING}) as measures
            using (period_start, measure)
        where measures.value is not null and not {_CLOSE.format("sums.found", "measures.value")}""",
    "cohorts begin with the new customers of their month": f"""
        with
        cohorts as (
            select cohort_month as period_start, sum(customers) as found
            from bi.cohort
            where months_since = 0
            group by cohort_month
        )
        select measures.*, cohorts.found
        from kpi.kpi_period_measures as measures
        left join cohorts using (period_start)
        where grain = 'month' and measure = 'new_customers' and {_EVERYTHING} and value > 0
            and cohorts.found is distinct from measures.value""",
    "cohorts hold every order of their customers": """
        with
        known as (
            select distinct platform, account_id, customer_id
            from marts.order_facts
            where is_new_customer and order_date <= (select run_day from bi.night)
        ),
        theirs as (
            select count(*) as orders, sum(revenue_eur) as revenue, sum(refund_eur) as refunds
            from marts.order_facts semi join known using (platform, account_id, customer_id)
            where order_date <= (select run_day from bi.night)
        )
        select * from theirs
        except
        select sum(orders), sum(revenue_eur), sum(refund_eur) from bi.cohort""",
    "no cohort has more customers in a month than it has": """
        select * from bi.cohort where customers > cohort_customers or orders < customers or months_since < 0""",
    "the wide table has the sums of all countries": """
        with
        long as (
            unpivot (
                select day, brand, channel, columns(* exclude (day, brand, channel))::double from marts.channel_day
            )
            on columns(* exclude (day, brand, channel)) into name measure value found
        ),
        sums as (
            select day, brand, channel, measure, sum(value) as value
            from kpi.kpi_measures
            group by all
            having count(*) = count(value)
        )
        select * from sums left join long using (day, brand, channel, measure)
        where measure not like '%_squared' and not abs(coalesce(found, -1) - value) <= 1e-6 + 1e-9 * abs(value)""",
}
