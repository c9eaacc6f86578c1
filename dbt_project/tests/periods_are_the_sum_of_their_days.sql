-- A week, month, quarter or year of a measure is the sum of its days, in every segment; unknown when one of them is.
{{ config(meta=shown_on('kpi_period_measures')) }}
with
measures as (select * from {{ ref('kpi_period_measures') }} where is_additive),

calendar as (select * from {{ ref('calendar') }} where grain <> 'day'),

sums as (
    select
        calendar.grain,
        calendar.period_start,
        {{ segment('measures') }},
        measures.measure,
        {{ whole_sum('measures.value') }} as value
    from measures
    inner join calendar
        on measures.period_start = calendar.day
    where measures.grain = 'day'
    group by calendar.grain, calendar.period_start, {{ segment('measures') }}, measures.measure
),

periods as (select * from measures where grain <> 'day')

select
    coalesce(periods.grain, sums.grain) as grain,
    coalesce(periods.period_start, sums.period_start) as period_start,
    coalesce(periods.brand, sums.brand) as brand,
    coalesce(periods.country, sums.country) as country,
    coalesce(periods.channel, sums.channel) as channel,
    coalesce(periods.keyword, sums.keyword) as keyword,
    coalesce(periods.measure, sums.measure) as measure,
    periods.value as period_value,
    sums.value as sum_of_days
from periods
full outer join sums
    on
        periods.grain = sums.grain
        and periods.period_start = sums.period_start
        and {{ same_segment('periods', 'sums') }}
        and periods.measure = sums.measure
where
    periods.measure is null
    or sums.measure is null
    or (periods.value is null) <> (sums.value is null)
    or abs(periods.value - sums.value) > 1e-9 * greatest(abs(sums.value), 1)
