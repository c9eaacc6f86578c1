-- What each channel costs and brings, by period and brand: sums to add up and divide. Rows of `all` are left out, so
-- that the rows of one grain add up to the company.
-- noqa: disable=LT02,LT05
{% set counts = [
    'sessions', 'engaged_sessions', 'ad_impressions', 'ad_clicks', 'orders', 'new_customers', 'leads_created'
] -%}
{% set fractions = ['key_events', 'ad_conversions'] -%}
{% set amounts = ['ad_spend', 'ad_conversion_value', 'web_revenue', 'order_revenue', 'net_revenue'] -%}
with
periods as (
    select
        grain,
        period_start,
        brand,
        channel
        {%- for measure in counts + fractions + amounts %},
        max(case when measure = '{{ measure }}' then value end) as {{ measure }}
        {%- endfor %}
    from {{ published('kpi_period_measures') }}
    where
        country = 'all' and keyword = 'all' and brand <> 'all' and channel <> 'all'
        and measure in ('{{ (counts + fractions + amounts) | join("', '") }}')
    group by grain, period_start, brand, channel
)

select
    periods.grain,
    periods.period_start,
    periods.brand,
    periods.channel,
    channels.position as channel_position,
    channels.is_paid
    {%- for measure in counts %},
    cast(periods.{{ measure }} as bigint) as {{ measure }}
    {%- endfor %}
    {%- for measure in fractions %},
    periods.{{ measure }}
    {%- endfor %}
    {%- for measure in amounts %},
    {{ amount('periods.' ~ measure) }} as {{ measure }}
    {%- endfor %},
    {{ ratio('periods.ad_spend', 'periods.new_customers') }} as cpa,
    {{ ratio('periods.ad_conversion_value', 'periods.ad_spend') }} as roas
from periods
left join {{ published('dim_channel') }} as channels
    on periods.channel = channels.channel
