-- Measures by period, also over all brands and all channels together; by country and keyword where a target names one.
with
days as (select * from {{ ref('kpi_measures') }}),

countries as (
    select distinct country
    from {{ ref('stg_kompas__targets') }}
    where country <> 'all'
),

placed as (
    select day, brand, 'all' as country, channel, 'all' as keyword, measure, value from days
    union all
    select days.day, days.brand, days.country, days.channel, 'all' as keyword, days.measure, days.value
    from days
    inner join countries
        on days.country = countries.country
    union all
    select day, brand, 'all' as country, channel, keyword, measure, value from {{ ref('kpi_keyword_measures') }}
),

measures as (
    select
        calendar.grain,
        calendar.period_start,
        placed.brand,
        placed.country,
        placed.channel,
        placed.keyword,
        placed.measure,
        placed.value
    from placed
    inner join {{ ref('calendar') }} as calendar
        on placed.day = calendar.day
),

sums as (
    select
        grain,
        period_start,
        coalesce(brand, 'all') as brand,
        country,
        coalesce(channel, 'all') as channel,
        keyword,
        measure,
        {{ whole_sum('value') }} as value
    from measures
    group by grouping sets (
        (grain, period_start, country, keyword, measure),
        (grain, period_start, country, keyword, measure, brand),
        (grain, period_start, country, keyword, measure, channel),
        (grain, period_start, country, keyword, measure, brand, channel)
    )
),

-- What adds up over all periods: all days through the last one of the period.
running as (
    select
        {{ segment() }},
        measure,
        period_start as day,
        case
            when count(*) over so_far = count(value) over so_far then sum(value) over so_far
        end as value,
        lead(period_start) over (partition by {{ segment() }}, measure order by period_start) as next_day
    from sums
    where grain = 'day' and measure in ({{ stock_measures() }})
    window so_far as (partition by {{ segment() }}, measure order by period_start)
),

stocks as (
    select
        periods.grain,
        periods.period_start,
        {{ segment('running') }},
        running.measure,
        running.value
    from running
    inner join {{ ref('periods') }} as periods
        on
            running.day <= periods.through_day
            and (running.next_day is null or running.next_day > periods.through_day)
),

expected as (select * from {{ ref('kpi_expected_measures') }} where problem_code is null),

uniques as (
    select
        periods.grain,
        periods.period_start,
        {{ segment('uniques') }},
        uniques.measure,
        uniques.value
    from {{ ref('kpi_unique_measures') }} as uniques
    inner join {{ ref('periods') }} as periods
        on
            uniques.grain = periods.grain
            and uniques.period_start = periods.period_start
            and uniques.day = periods.through_day
),

medians as (select * from {{ ref('kpi_median_measures') }}),

-- What is no sum of the period's days: as it stands through the last of them.
told as (
    {% for part in ['uniques', 'medians', 'stocks', 'expected'] -%}
    select
        grain,
        period_start,
        {{ segment() }},
        measure,
        value
    from {{ part }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    grain,
    period_start,
    {{ segment() }},
    measure,
    true as is_additive,
    value
from sums
where measure not in ({{ stock_measures() }})
union all
select
    told.grain,
    told.period_start,
    {{ segment('told') }},
    told.measure,
    false as is_additive,
    told.value
from told
left join countries
    on told.country = countries.country
where told.country = 'all' or countries.country is not null
