-- The share of a period in progress that its days so far usually bring, and how far a forecast by it may be off.
-- docs/verdicts.md, "Pace and forecast". Of sums that have a target or guard one, and of all unique counts.
with
periods as (select * from {{ ref('periods') }}),

open_periods as (select * from periods where period_state = 'in_progress'),

measures as (select * from {{ ref('kpi_period_measures') }}),

days as (
    select
        day,
        {{ weekday('day') }} as weekday
    from {{ ref('calendar') }}
    where grain = 'day'
),

night as (select * from {{ ref('stg_kompas__night') }}),

wanted as (
    select distinct
        measures.measure,
        {{ segment('measures') }}
    from measures
    inner join {{ ref('stg_kompas__kpis') }} as kpis
        on measures.measure = kpis.numerator
    left join {{ ref('kpi_targets') }} as targets
        on kpis.kpi_id = targets.kpi_id and {{ same_segment('measures', 'targets') }}
    where
        kpis.noise = 'sum'
        and measures.is_additive
        and (targets.kpi_id is not null or {{ is_everything('measures') }})
),

-- What each day brought: zero where its data is in and has no row, NULL where it is not known.
day_values as (
    select
        wanted.measure,
        {{ segment('wanted') }},
        days.day,
        days.weekday,
        case
            when quality.measure is null or {{ lacks_days('quality.problem_code') }} then null
            when measures.measure is null then cast(0 as double)
            else measures.value
        end as value
    from wanted
    cross join days
    left join measures
        on
            wanted.measure = measures.measure
            and {{ same_segment('wanted', 'measures') }}
            and measures.grain = 'day'
            and days.day = measures.period_start
    left join {{ ref('measure_quality') }} as quality
        on
            wanted.measure = quality.measure
            and wanted.brand = quality.brand
            and wanted.country = quality.country
            and quality.grain = 'day'
            and days.day = quality.period_start
),

recent as (
    select
        day_values.*,
        avg(day_values.value) over (
            partition by day_values.measure, {{ segment('day_values') }}, day_values.weekday
        ) as weekday_mean
    from day_values
    cross join night
    where
        day_values.value is not null
        and day_values.day > {{ add_days('night.run_day', '-56') }}
        and day_values.day <= night.run_day
),

history as (
    select
        measure,
        {{ segment() }},
        var_samp(value - weekday_mean) as pooled_variance
    from recent
    group by measure, {{ segment() }}
    -- Every weekday has to be known, or the missing ones would count as none.
    having count(*) >= 14 and count(distinct weekday) = 7
),

weekdays as (
    select
        recent.measure,
        {{ segment('recent') }},
        recent.weekday,
        avg(recent.value) as mean,
        case when count(*) >= 3 then var_samp(recent.value) else max(history.pooled_variance) end as variance
    from recent
    inner join history
        on recent.measure = history.measure and {{ same_segment('recent', 'history') }}
    group by recent.measure, {{ segment('recent') }}, recent.weekday
),

digits as ({{ digits() }}),

numbers as ({{ whole_numbers(3) }}),

period_days as (
    select
        open_periods.grain,
        open_periods.period_start,
        open_periods.through_day,
        {{ add_days('open_periods.period_start', 'numbers.number') }} as day,
        {{ add_days('open_periods.period_start', 'numbers.number - 364') }} as earlier_day
    from open_periods
    inner join numbers
        on open_periods.days_total > numbers.number
),

shapes as (
    select
        weekdays.measure,
        {{ segment('weekdays') }},
        period_days.grain,
        period_days.period_start,
        period_days.day <= period_days.through_day as is_elapsed,
        weekdays.mean,
        weekdays.variance,
        year_ago.value as year_ago
    from period_days
    inner join weekdays
        on {{ weekday('period_days.day') }} = weekdays.weekday
    left join day_values as year_ago
        on
            period_days.earlier_day = year_ago.day
            and weekdays.measure = year_ago.measure
            and {{ same_segment('weekdays', 'year_ago') }}
),

shares as (
    select
        measure,
        {{ segment() }},
        grain,
        period_start,
        {{ ratio('sum(case when is_elapsed then mean else 0 end)', 'sum(mean)') }} as recent_share,
        case
            when count(*) = count(year_ago)
                then {{ ratio('sum(case when is_elapsed then year_ago else 0 end)', 'sum(year_ago)') }}
        end as year_share,
        sum(case when is_elapsed then variance else cast(0 as double) end) as elapsed_variance,
        sum(case when is_elapsed then cast(0 as double) else variance end) as remaining_variance
    from shapes
    group by measure, {{ segment() }}, grain, period_start
),

sums as (
    select
        measure,
        {{ segment() }},
        grain,
        period_start,
        -- Both shapes sum to one over the period, so the mean of the shares is the share of the mean.
        (recent_share + coalesce(year_share, recent_share)) / 2 as share,
        elapsed_variance,
        remaining_variance
    from shares
),

uniques as (select * from {{ ref('kpi_unique_measures') }}),

earlier as (
    select
        open_periods.grain,
        open_periods.period_start,
        earlier.period_start as earlier_start,
        earlier.period_end as earlier_end,
        {{ add_days('earlier.period_start', 'open_periods.days_elapsed - 1') }} as earlier_day
    from open_periods
    inner join periods as earlier
        on open_periods.grain = earlier.grain and open_periods.period_start > earlier.period_start
),

unique_shares as (
    select
        so_far.measure,
        {{ segment('so_far') }},
        earlier.grain,
        earlier.period_start,
        {{ ratio('so_far.value', 'whole.value') }} as share,
        row_number() over (
            partition by so_far.measure, {{ segment('so_far') }}, earlier.grain, earlier.period_start
            order by earlier.earlier_start desc
        ) as newest_first
    from earlier
    inner join uniques as whole
        on
            earlier.grain = whole.grain
            and earlier.earlier_start = whole.period_start
            and earlier.earlier_end = whole.day
    inner join uniques as so_far
        on
            earlier.grain = so_far.grain
            and earlier.earlier_start = so_far.period_start
            -- A period that was shorter was whole by then.
            and least(earlier.earlier_day, earlier.earlier_end) = so_far.day
            and whole.measure = so_far.measure
            and {{ same_segment('whole', 'so_far') }}
)

select
    measure,
    grain,
    period_start,
    {{ segment() }},
    share,
    elapsed_variance,
    remaining_variance,
    cast(null as double) as share_deviation
from sums
union all
select
    measure,
    grain,
    period_start,
    {{ segment() }},
    avg(share) as share,
    cast(null as double) as elapsed_variance,
    cast(null as double) as remaining_variance,
    case when count(*) >= 3 then stddev_samp(share) * sqrt(1 + 1 / cast(count(*) as double)) end as share_deviation
from unique_shares
where newest_first <= 8 and share is not null
group by measure, grain, period_start, {{ segment() }}
