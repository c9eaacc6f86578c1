-- Whether a measure can be trusted in a period: nothing missing, nothing sampled or withheld; else the first problem.
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
    select distinct
        brand,
        brand as segment_brand
    from period_loads
    union all
    select distinct
        brand,
        'all' as segment_brand
    from period_loads
),

brands as (
    select
        judged.*,
        segments.segment_brand
    from judged
    inner join segments
        on judged.brand = segments.brand
)

select
    measure,
    segment_brand as brand,
    grain,
    period_start,
    count(*) as feeds,
    sum(case when problem is not null then 1 else 0 end) as feeds_with_problem,
    -- `missing` before `flagged`: what is not there weighs more than what is inexact.
    max(problem) as problem_code,
    coalesce(min(case when problem = 'missing' then detail end), min(case when problem = 'flagged' then detail end))
        as problem_detail
from brands
group by measure, segment_brand, grain, period_start
