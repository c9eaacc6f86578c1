-- After how many days a day of a source has settled: from then on, 95 of 100 days move by half a per cent at most.
{% set enough_days = 28 %}
{% set settled_share = 0.005 %}
with
sources as (
    select
        connector,
        stream,
        max(look_back_days) as look_back_days
    from {{ ref('stg_kompas__accounts') }}
    group by connector, stream
),

digits as ({{ digits() }}),

ages as ({{ whole_numbers(3) }}),

observed as (
    select
        observed_days.connector,
        observed_days.stream,
        ages.number as days_after,
        count(distinct observed_days.day) as days_observed
    from {{ ref('observed_days') }} as observed_days
    inner join ages
        on observed_days.first_age <= ages.number and observed_days.look_back_days > ages.number
    group by observed_days.connector, observed_days.stream, ages.number
),

moving as (
    select
        connector,
        stream,
        days_after,
        max(p95_moved) as p95_moved
    from {{ ref('measure_finality') }}
    group by connector, stream, days_after
),

known as (
    select
        sources.connector,
        sources.stream,
        sources.look_back_days,
        ages.number as days_after,
        coalesce(observed.days_observed, 0) as days_observed,
        coalesce(moving.p95_moved, 0) as p95_moved
    from sources
    left join ages
        on sources.look_back_days > ages.number
    left join observed
        on
            sources.connector = observed.connector
            and sources.stream = observed.stream
            and ages.number = observed.days_after
    left join moving
        on
            sources.connector = moving.connector
            and sources.stream = moving.stream
            and ages.number = moving.days_after
)

select
    connector,
    stream,
    look_back_days,
    max(days_observed) as days_observed,
    max(days_observed) >= {{ enough_days }} as is_learned,
    coalesce(
        max(case when days_observed < {{ enough_days }} or p95_moved > {{ settled_share }} then days_after + 1 end), 0
    ) as settled_after_days
from known
group by connector, stream, look_back_days
