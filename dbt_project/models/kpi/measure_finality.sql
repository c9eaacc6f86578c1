-- How much a day still moves, k days after it: as a share of its final value, over all days that can tell.
with
observed_days as (select * from {{ ref('observed_days') }}),

restatements as (
    select
        restatements.*,
        load_ages.age
    from {{ ref('stg_kompas__restatements') }} as restatements
    inner join {{ ref('load_ages') }} as load_ages
        on
            restatements.connector = load_ages.connector
            and restatements.stream = load_ages.stream
            and restatements.account_id = load_ages.account_id
            and restatements.day = load_ages.day
            and restatements.noticed_at = load_ages.loaded_at
),

-- A day was held to be the old value of a restatement until then, from the restatement before it on.
held as (
    select
        connector,
        stream,
        account_id,
        day,
        measure,
        coalesce(
            lag(age) over (partition by connector, stream, account_id, day, measure order by noticed_at), 0
        ) as from_age,
        age - 1 as through_age,
        old_value,
        first_value(new_value) over (
            partition by connector, stream, account_id, day, measure order by noticed_at desc
        ) as final_value
    from restatements
),

measures as (
    select distinct
        connector,
        stream,
        measure
    from restatements
),

digits as ({{ digits() }}),

ages as ({{ whole_numbers(3) }}),

moved as (
    select
        observed_days.connector,
        observed_days.stream,
        measures.measure,
        ages.number as days_after,
        observed_days.day,
        case
            when held.measure is null or held.old_value = held.final_value then 0
            when held.final_value = 0 then 1
            else abs(held.final_value - held.old_value) / abs(held.final_value)
        end as share
    from observed_days
    inner join measures
        on observed_days.connector = measures.connector and observed_days.stream = measures.stream
    inner join ages
        on observed_days.first_age <= ages.number and observed_days.look_back_days > ages.number
    left join held
        on
            observed_days.connector = held.connector
            and observed_days.stream = held.stream
            and observed_days.account_id = held.account_id
            and observed_days.day = held.day
            and measures.measure = held.measure
            and ages.number between held.from_age and held.through_age
)

select
    connector,
    stream,
    measure,
    days_after,
    count(distinct day) as days_observed,
    {{ percentile('share', 0.5) }} as median_moved,
    {{ percentile('share', 0.95) }} as p95_moved
from moved
group by connector, stream, measure, days_after
