-- The one long table: day, brand, country, channel, measure, value. Only additive quantities: unique counts stand
-- apart.
-- noqa: disable=LT02
with
{% set measures = {
    'web_sessions': {
        'day': 'day',
        'sessions': 'sessions',
        'engaged_sessions': 'engaged_sessions',
        'web_purchases': 'purchases',
        'web_revenue': 'purchase_revenue_eur',
        'paid_web_purchases': 'case when ' ~ is_paid('channel') ~ ' then purchases else 0 end',
        'paid_web_revenue': 'case when ' ~ is_paid('channel') ~ ' then purchase_revenue_eur else 0 end',
        'key_events': 'key_events',
    },
    'web_key_events': {
        'day': 'day',
        'signups': "case when event_name in ('sign_up', 'newsletter_signup') then key_events else 0 end",
    },
    'ad_performance': {
        'day': 'day',
        'ad_spend': 'spend_eur',
        'ad_clicks': 'clicks',
        'ad_impressions': 'impressions',
        'ad_conversions': 'conversions',
        'ad_conversion_value': 'conversion_value_eur',
    },
    'orders': {
        'day': 'order_date',
        'orders': '1',
        'order_revenue': 'revenue_eur',
        'order_revenue_squared': 'cast(revenue_eur as double) * cast(revenue_eur as double)',
        'new_customers': 'case when is_new_customer then 1 else 0 end',
    },
    'order_lines': {
        'day': 'order_date',
        'units_sold': 'units_sold',
        'units_returned': 'units_returned',
    },
    'order_returns': {
        'day': 'order_date',
        'orders_returned': 'cast(is_returned as integer)',
        'value_returned': 'value_returned_eur',
    },
    'refunds': {
        'day': 'refund_date',
        'refunds': '1',
        'refund_amount': 'refund_eur',
        'units_refunded': 'units_refunded',
    },
    'customer_bookings': {
        'day': 'day',
        'customer_profit': 'profit_eur',
        'customers_acquired': 'customers_acquired',
    },
    'email_campaigns': {
        'day': 'day',
        'email_delivered': 'delivered',
        'email_unique_opens': 'unique_opens',
        'email_unique_clicks': 'unique_clicks',
        'email_unsubscribed': 'unsubscribed',
    },
    'social_posts': {
        'day': 'day',
        'social_posts': '1',
        'social_likes': 'likes',
        'social_comments': 'comments',
        'social_shares': 'shares',
        'social_interactions': 'interactions',
        'social_impressions': 'impressions',
    },
    'search_performance': {
        'day': 'day',
        'search_clicks': 'clicks',
        'search_impressions': 'impressions',
        'search_weighted_position': 'weighted_position',
    },
} -%}

{% for model, columns in measures.items() -%}
{{ model }}_days as (
    select
        {{ columns['day'] }} as day,
        brand,
        country,
        channel
        {%- for measure, value in columns.items() if measure != 'day' %},
        {{ whole_sum(value) }} as {{ measure }}
        {%- endfor %}
    from {{ ref(model) }}
    group by {{ columns['day'] }}, brand, country, channel
),

{% endfor -%}

leads_created_days as (
    select
        created_date as day,
        brand,
        country,
        channel,
        cast(count(*) as double) as leads_created
    from {{ ref('leads') }}
    group by created_date, brand, country, channel
),

leads_won_days as (
    select
        won_date as day,
        brand,
        country,
        channel,
        cast(count(*) as double) as leads_won,
        {{ whole_sum('lead_time_days') }} as lead_days,
        {{ whole_sum('lead_time_days * lead_time_days') }} as lead_days_squared
    from {{ ref('leads') }}
    where lead_time_days is not null
    group by won_date, brand, country, channel
),

survey_days as (
    select
        day,
        brand,
        country,
        'Unassigned' as channel,
        cast(count(*) as double) as survey_responses,
        {{ whole_sum('score_1_to_10') }} as survey_points,
        {{ whole_sum('score_1_to_10 * score_1_to_10') }} as survey_points_squared
    from {{ ref('survey_responses') }}
    group by day, brand, country
),

revenue_parts as (
    select day, brand, country, channel, order_revenue as amount
    from orders_days
    union all
    select day, brand, country, channel, -refund_amount as amount
    from refunds_days
),

revenue_days as (
    select
        day,
        brand,
        country,
        channel,
        {{ whole_sum('amount') }} as net_revenue
    from revenue_parts
    group by day, brand, country, channel
)

{% for model, columns in measures.items() -%}
{% for measure in columns if measure != 'day' -%}
select day, brand, country, channel, '{{ measure }}' as measure, {{ measure }} as value from {{ model }}_days
union all
{% endfor -%}
{% endfor -%}
select day, brand, country, channel, 'leads_created' as measure, leads_created as value from leads_created_days
union all
select day, brand, country, channel, 'leads_won' as measure, leads_won as value from leads_won_days
union all
select day, brand, country, channel, 'lead_days' as measure, lead_days as value from leads_won_days
union all
select day, brand, country, channel, 'lead_days_squared' as measure, lead_days_squared as value from leads_won_days
union all
select day, brand, country, channel, 'survey_responses' as measure, survey_responses as value from survey_days
union all
select day, brand, country, channel, 'survey_points' as measure, survey_points as value from survey_days
union all
select day, brand, country, channel, 'survey_points_squared' as measure, survey_points_squared as value from survey_days
union all
select day, brand, country, channel, 'net_revenue' as measure, net_revenue as value from revenue_days
