-- Who claims which sales, by period and channel: the ad platforms, Google Analytics and the shop, each by its own
-- rules and under its own name. They are not to be added up. Channel `all` is the blended view: all spend against all
-- that came in.
-- noqa: disable=LT02,LT05
{% set told = {
    'ad_spend': 'ad_spend',
    'platform_conversions': 'ad_conversions',
    'platform_value': 'ad_conversion_value',
    'ga4_purchases': 'web_purchases',
    'ga4_revenue': 'web_revenue',
    'shop_orders': 'orders',
    'shop_revenue': 'order_revenue',
    'shop_new_customers': 'new_customers',
    'paid_ga4_purchases': 'paid_web_purchases',
    'paid_ga4_revenue': 'paid_web_revenue',
} -%}
with
measures as (select * from {{ ref('kpi_period_measures') }}),

periods as (
    select
        grain,
        period_start,
        brand,
        channel
        {%- for name, measure in told.items() %},
        max(case when measure = '{{ measure }}' then value end) as {{ name }}
        {%- endfor %}
    from measures
    where country = 'all' and keyword = 'all' and measure in ('{{ told.values() | join("', '") }}')
    group by grain, period_start, brand, channel
)

select
    grain,
    period_start,
    brand,
    channel,
    ad_spend,
    platform_conversions,
    platform_value,
    ga4_purchases,
    ga4_revenue,
    shop_orders,
    shop_revenue,
    shop_new_customers,
    {{ ratio('platform_value', 'ad_spend') }} as platform_roas,
    {{ ratio('ad_spend', 'platform_conversions') }} as platform_cpa,
    {{ ratio('paid_ga4_revenue', 'ad_spend') }} as ga4_roas,
    {{ ratio('ad_spend', 'paid_ga4_purchases') }} as ga4_cpa,
    case when channel = 'all' then {{ ratio('shop_revenue', 'ad_spend') }} end as blended_roas,
    case when channel = 'all' then {{ ratio('ad_spend', 'shop_new_customers') }} end as blended_cpa
from periods
