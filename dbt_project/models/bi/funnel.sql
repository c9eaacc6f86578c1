-- From visit to new customer, by month, brand and channel: a row per step. Rows of `all` are left out.
-- noqa: disable=LT02
{% set steps = {
    'sessions': ['bezoeken', 'visits'],
    'engaged_sessions': ['betrokken bezoeken', 'engaged visits'],
    'key_events': ['belangrijke gebeurtenissen', 'key events'],
    'leads_created': ['leads', 'leads'],
    'orders': ['bestellingen', 'orders'],
    'new_customers': ['nieuwe klanten', 'new customers'],
} -%}
with
steps as (
    {% for measure, words in steps.items() -%}
    select
        {{ loop.index }} as step,
        '{{ measure }}' as measure,
        '{{ words[0] }}' as step_nl,
        '{{ words[1] }}' as step_en
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select
    measures.period_start as month_start,
    measures.brand,
    measures.channel,
    steps.step,
    steps.measure,
    steps.step_nl,
    steps.step_en,
    measures.value
from {{ published('kpi_period_measures') }} as measures
inner join steps
    on measures.measure = steps.measure
where
    measures.grain = 'month' and measures.country = 'all' and measures.keyword = 'all'
    and measures.brand <> 'all' and measures.channel <> 'all'
