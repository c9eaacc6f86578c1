-- After how many days a day of a measure has settled: after those of the slowest source that feeds it.
with
feeds as (
    select distinct
        measure_sources.measure,
        accounts.brand,
        source_finality.connector || ' ' || source_finality.stream as source_name,
        source_finality.settled_after_days
    from {{ ref('stg_kompas__accounts') }} as accounts
    inner join {{ ref('measure_sources') }} as measure_sources
        on accounts.connector = measure_sources.connector and accounts.stream = measure_sources.stream
    inner join {{ ref('source_finality') }} as source_finality
        on accounts.connector = source_finality.connector and accounts.stream = source_finality.stream
),

segments as (
    select
        measure,
        brand,
        source_name,
        settled_after_days
    from feeds
    union
    select
        measure,
        'all' as brand,
        source_name,
        settled_after_days
    from feeds
),

ranked as (
    select
        *,
        row_number() over (
            partition by measure, brand
            order by settled_after_days desc, source_name asc
        ) as slowest_first
    from segments
)

select
    measure,
    brand,
    settled_after_days,
    source_name as slowest_source
from ranked
where slowest_first = 1
