-- Measures by period, also over all brands and all channels together.
with
measures as (
    select
        calendar.grain,
        calendar.period_start,
        measures.brand,
        measures.channel,
        measures.measure,
        measures.value
    from {{ ref('kpi_measures') }} as measures
    inner join {{ ref('calendar') }} as calendar
        on measures.day = calendar.day
),

sums as (
    select
        grain,
        period_start,
        coalesce(brand, 'all') as brand,
        coalesce(channel, 'all') as channel,
        measure,
        {{ whole_sum('value') }} as value
    from measures
    group by grouping sets (
        (grain, period_start, measure),
        (grain, period_start, measure, brand),
        (grain, period_start, measure, channel),
        (grain, period_start, measure, brand, channel)
    )
),

uniques as (
    select
        periods.grain,
        periods.period_start,
        uniques.brand,
        uniques.channel,
        uniques.measure,
        uniques.value
    from {{ ref('kpi_unique_measures') }} as uniques
    inner join {{ ref('periods') }} as periods
        on
            uniques.grain = periods.grain
            and uniques.period_start = periods.period_start
            and uniques.day = periods.through_day
)

select
    grain,
    period_start,
    brand,
    channel,
    measure,
    true as is_additive,
    value
from sums
union all
select
    grain,
    period_start,
    brand,
    channel,
    measure,
    false as is_additive,
    value
from uniques
