-- Whether a measure can be trusted in a period: nothing missing, nothing sampled or withheld; else the first problem.
-- Over all brands and countries together, and by each brand, country, and brand within a country.
with
measure_sources as (select * from {{ ref('measure_sources') }}),

period_loads as (select * from {{ ref('period_loads') }}),

needed as (
    select
        measure_sources.measure,
        period_loads.*,
        case
            when measure_sources.days_needed = 'through_day' then period_loads.has_through_day
            else period_loads.days_complete >= period_loads.days_elapsed
        end as is_whole,
        case
            when measure_sources.days_needed = 'through_day' then period_loads.through_day_flags
            else period_loads.flags
        end as quality_flags,
        case
            when measure_sources.days_needed = 'through_day' then period_loads.through_day_reason
            else period_loads.missing_reason
        end as failure
    from measure_sources
    inner join period_loads
        on
            measure_sources.connector = period_loads.connector
            and measure_sources.stream = period_loads.stream
    where
        measure_sources.days_needed = 'every_day'
        or (measure_sources.days_needed = 'single_day') = (period_loads.grain = 'day')
),

judged as (
    select
        *,
        coalesce(country, 'none') as market,
        case
            when not is_whole then 'missing'
            when quality_flags is not null then 'flagged'
        end as problem,
        connector || ' ' || account_name || ' ' || stream
        || case
            when not is_whole
                then
                    coalesce(
                        ' ' || cast(first_missing_day as {{ dbt.type_string() }}),
                        -- Every day that the lake knows of is in: what is missing lies before them.
                        ' < ' || cast(first_complete_day as {{ dbt.type_string() }}),
                        ''
                    )
                    || coalesce(' – ' || failure, '')
            else coalesce(' – ' || quality_flags, '')
        end as detail
    from needed
),

segments as (
    select
        measure,
        coalesce(brand, 'all') as brand,
        coalesce(market, 'all') as country,
        grain,
        period_start,
        count(*) as feeds,
        sum(case when problem is not null then 1 else 0 end) as feeds_with_problem,
        -- `missing` before `flagged`: what is not there weighs more than what is inexact.
        max(problem) as problem_code,
        coalesce(min(case when problem = 'missing' then detail end), min(case when problem = 'flagged' then detail end))
            as problem_detail
    from judged
    group by grouping sets (
        (measure, grain, period_start),
        (measure, grain, period_start, brand),
        (measure, grain, period_start, market),
        (measure, grain, period_start, brand, market)
    )
)

select
    measure,
    brand,
    country,
    grain,
    period_start,
    feeds,
    feeds_with_problem,
    problem_code,
    problem_detail
from segments
-- An account that serves no one country counts in `all` of them only.
where country <> 'none'
