-- The share of a period that its days so far usually bring, for periods in progress.
-- A sum follows the weekdays of the last eight weeks; a unique count, which grows ever more slowly, its last period.
with
periods as (select * from {{ ref('periods') }} where period_state = 'in_progress'),

weeks as (
    select
        measures.measure,
        {{ weekday('measures.day') }} as weekday,
        cast(sum(measures.value) as double) as value
    from {{ ref('kpi_measures') }} as measures
    cross join {{ ref('stg_kompas__night') }} as night
    where measures.day > {{ add_days('night.run_day', '-56') }} and measures.day <= night.run_day
    group by measures.measure, {{ weekday('measures.day') }}
),

digits as ({{ digits() }}),

numbers as ({{ whole_numbers(3) }}),

days as (
    select
        periods.grain,
        periods.period_start,
        periods.through_day,
        {{ add_days('periods.period_start', 'numbers.number') }} as day
    from periods
    inner join numbers
        on periods.days_total > numbers.number
),

sums as (
    select
        weeks.measure,
        days.grain,
        days.period_start,
        'all' as brand,
        {{ ratio(
            'sum(case when days.day <= days.through_day then weeks.value else 0 end)', 'sum(weeks.value)'
        ) }} as share
    from days
    inner join weeks
        on {{ weekday('days.day') }} = weeks.weekday
    group by weeks.measure, days.grain, days.period_start
    -- Every weekday has to be known, or the missing ones would count as none.
    having count(distinct weeks.weekday) = 7
),

uniques as (select * from {{ ref('kpi_unique_measures') }}),

earlier as (
    select
        periods.grain,
        periods.period_start,
        {{ previous_start('periods.grain', 'periods.period_start') }} as earlier_start,
        {{ add_days('periods.period_start', '-1') }} as earlier_end,
        periods.days_elapsed
    from periods
),

unique_shares as (
    select
        so_far.measure,
        earlier.grain,
        earlier.period_start,
        so_far.brand,
        {{ ratio('so_far.value', 'whole.value') }} as share
    from earlier
    inner join uniques as whole
        on
            earlier.grain = whole.grain
            and earlier.earlier_start = whole.period_start
            and earlier.earlier_end = whole.day
    inner join uniques as so_far
        on
            whole.grain = so_far.grain
            and whole.period_start = so_far.period_start
            and whole.brand = so_far.brand
            and whole.channel = so_far.channel
            and whole.measure = so_far.measure
            and least({{ add_days('earlier.earlier_start', 'earlier.days_elapsed - 1') }}, earlier.earlier_end)
            = so_far.day
)

select measure, grain, period_start, brand, share
from sums
union all
select measure, grain, period_start, brand, share
from unique_shares
