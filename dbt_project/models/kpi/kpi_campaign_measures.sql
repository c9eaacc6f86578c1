-- The measures of kpi_measures whose sources tell campaigns, ads and e-mail, a row for each campaign.
-- noqa: disable=LT02
with
{% set measures = {
    'ad_performance': {
        'ad_spend': 'spend_eur',
        'ad_clicks': 'clicks',
        'ad_impressions': 'impressions',
        'ad_conversions': 'conversions',
        'ad_conversion_value': 'conversion_value_eur',
    },
    'email_campaigns': {
        'email_delivered': 'delivered',
        'email_unique_opens': 'unique_opens',
        'email_unique_clicks': 'unique_clicks',
        'email_unsubscribed': 'unsubscribed',
    },
} -%}

{% for model, columns in measures.items() -%}
{{ model }}_days as (
    select
        day,
        brand,
        country,
        channel,
        campaign_id,
        max(campaign_name) as campaign_name
        {%- for measure, value in columns.items() %},
        {{ whole_sum(value) }} as {{ measure }}
        {%- endfor %}
    from {{ ref(model) }}
    group by day, brand, country, channel, campaign_id
){{ ',' if not loop.last }}

{% endfor -%}

{% for model, columns in measures.items() -%}
{% set last_model = loop.last -%}
{% for measure in columns -%}
select day, brand, country, channel, campaign_id, campaign_name, '{{ measure }}' as measure, {{ measure }} as value
from {{ model }}_days
{{ 'union all' if not (last_model and loop.last) }}
{% endfor -%}
{% endfor -%}
