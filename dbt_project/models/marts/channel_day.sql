-- The wide table: a row per day, brand and channel with every additive measure, over all countries of the brand; NULL
-- where a measure knows no channel.
-- noqa: disable=LT02
{% set measures = [
    'sessions', 'engaged_sessions', 'web_purchases', 'web_revenue', 'paid_web_purchases', 'paid_web_revenue',
    'key_events', 'signups',
    'ad_spend', 'ad_clicks', 'ad_impressions', 'ad_conversions', 'ad_conversion_value',
    'orders', 'order_revenue', 'new_customers', 'refunds', 'refund_amount', 'net_revenue',
    'units_sold', 'units_returned', 'units_refunded', 'orders_returned', 'value_returned',
    'customer_profit', 'customers_acquired',
    'email_delivered', 'email_unique_opens', 'email_unique_clicks', 'email_unsubscribed',
    'social_posts', 'social_likes', 'social_comments', 'social_shares', 'social_interactions', 'social_impressions',
    'search_clicks', 'search_impressions', 'search_weighted_position',
    'leads_created', 'leads_won', 'lead_days', 'survey_responses', 'survey_points',
] -%}
select
    day,
    brand,
    channel
    {%- for measure in measures %},
    {{ sum_of_measure(measure) }} as {{ measure }}
    {%- endfor %}
from {{ ref('kpi_measures') }}
group by day, brand, channel
