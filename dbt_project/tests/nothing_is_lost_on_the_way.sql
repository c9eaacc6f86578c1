-- Total in = total out: what staging holds is what the concepts hold, and that is what the measures hold.
{{ config(meta=shown_on('kpi_measures')) }}
{%- set from_staging = [
    ('spend', 'ad_performance', 'spend', [
        ('stg_google_ads__campaign_day', 'spend'), ('stg_meta_ads__campaign_day', 'spend'),
        ('stg_linkedin_ads__campaign_day', 'spend'), ('stg_tiktok_ads__campaign_day', 'spend'),
        ('stg_microsoft_ads__campaign_day', 'spend'),
        ('stg_files__ad_performance', 'spend'),
    ]),
    ('ad clicks', 'ad_performance', 'clicks', [
        ('stg_google_ads__campaign_day', 'clicks'), ('stg_meta_ads__campaign_day', 'clicks'),
        ('stg_linkedin_ads__campaign_day', 'clicks'), ('stg_tiktok_ads__campaign_day', 'clicks'),
        ('stg_microsoft_ads__campaign_day', 'clicks'),
        ('stg_files__ad_performance', 'clicks'),
    ]),
    ('sessions', 'web_sessions', 'sessions', [
        ('stg_ga4__channel_day', 'sessions'), ('stg_files__sessions', 'sessions'),
    ]),
    ('orders', 'orders', '1', [
        ('stg_shopify__orders', 'case when is_test or is_cancelled then 0 else 1 end'),
        ('stg_woocommerce__orders', 'case when is_void then 0 else 1 end'),
        ('stg_files__orders', 'case when is_test or is_cancelled then 0 else 1 end'),
    ]),
    ('paid', 'orders', 'total_amount', [
        ('stg_shopify__orders', 'case when is_test or is_cancelled then 0 else total_amount end'),
        ('stg_woocommerce__orders', 'case when is_void then 0 else total_amount end'),
        ('stg_files__orders', 'case when is_test or is_cancelled then 0 else total_amount end'),
    ]),
    ('search clicks', 'search_performance', 'clicks', [
        ('stg_search_console__site_day', 'clicks'), ('stg_files__search_rows', 'clicks'),
    ]),
    ('answers', 'survey_responses', '1', [
        ('stg_files__survey_responses', '1'),
        ('stg_typeform__responses', "case when score is null or scale = 'nps' then 0 else 1 end"),
        ('stg_zendesk__survey_responses', '1'), ('stg_zendesk__satisfaction_ratings', '1'),
        ('stg_surveymonkey__responses', 'case when score is null then 0 else 1 end'),
        ('stg_hubspot__feedback_submissions', "case when survey_type = 'CSAT' and answer is not null then 1 else 0 end"),
    ]),
    ('leads', 'leads', '1', [('stg_hubspot__deals', '1'), ('stg_files__leads', '1')]),
    ('posts', 'social_posts', '1', [
        ('stg_facebook_pages__posts', '1'), ('stg_instagram__posts', '1'), ('stg_linkedin_pages__posts', '1'),
        ('stg_files__social_posts', '1'),
    ]),
] %}
{%- set to_measures = [
    ('ad_spend', 'ad_performance', 'day', 'spend_eur'), ('ad_impressions', 'ad_performance', 'day', 'impressions'),
    ('ad_conversion_value', 'ad_performance', 'day', 'conversion_value_eur'),
    ('sessions', 'web_sessions', 'day', 'sessions'), ('web_revenue', 'web_sessions', 'day', 'purchase_revenue_eur'),
    ('orders', 'orders', 'order_date', '1'), ('order_revenue', 'orders', 'order_date', 'revenue_eur'),
    ('units_sold', 'order_lines', 'order_date', 'units_sold'),
    ('refund_amount', 'refunds', 'refund_date', 'refund_eur'),
    ('email_delivered', 'email_campaigns', 'day', 'delivered'),
] %}
with
{% for what, model, value, parts in from_staging -%}
staging_{{ loop.index }} as (
    {% for part, part_value in parts -%}
    select sum(cast({{ part_value }} as double)) as total from {{ ref(part) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

{% endfor -%}

{% for measure, model, day, value in to_measures -%}
-- A day, brand and channel with an unknown part is unknown as a whole, and is left out on both sides.
{{ measure }}_days as (
    select sum(cast({{ value }} as double)) as total
    from {{ ref(model) }}
    group by {{ day }}, brand, channel
    having count(*) = count({{ value }})
),

{% endfor -%}

totals as (
    {% for what, model, value, parts in from_staging -%}
    select
        '{{ what }}, staging to {{ model }}' as what,
        (select coalesce(sum(total), 0) from staging_{{ loop.index }}) as total_in,
        (select coalesce(sum(cast({{ value }} as double)), 0) from {{ ref(model) }}) as total_out
    union all
    {% endfor -%}
    {% for measure, model, day, value in to_measures -%}
    select
        '{{ measure }}, {{ model }} to kpi_measures' as what,
        (select coalesce(sum(total), 0) from {{ measure }}_days) as total_in,
        (select coalesce(sum(value), 0) from {{ ref('kpi_measures') }} where measure = '{{ measure }}') as total_out
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    what,
    total_in,
    total_out
from totals
where abs(total_in - total_out) > 1e-9 * greatest(abs(total_in), 1)
