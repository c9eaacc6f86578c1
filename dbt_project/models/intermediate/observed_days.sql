-- Days that tell how long a source restates: older than the look-back, and first loaded while they were younger.
-- A day that was back-filled says nothing of its youth.
with
feeds as (
    select
        connector,
        stream,
        account_id,
        look_back_days
    from {{ ref('stg_kompas__accounts') }}
    where look_back_days > 0 and watched_measures > 0
),

first_loads as (
    select
        connector,
        stream,
        account_id,
        day,
        min(age) as first_age
    from {{ ref('load_ages') }}
    where is_complete
    group by connector, stream, account_id, day
)

select
    first_loads.connector,
    first_loads.stream,
    first_loads.account_id,
    first_loads.day,
    feeds.look_back_days,
    first_loads.first_age
from first_loads
inner join feeds
    on
        first_loads.connector = feeds.connector
        and first_loads.stream = feeds.stream
        and first_loads.account_id = feeds.account_id
cross join {{ ref('stg_kompas__night') }} as night
where
    first_loads.first_age < feeds.look_back_days
    and {{ days_between('first_loads.day', 'night.run_day') }} >= feeds.look_back_days
