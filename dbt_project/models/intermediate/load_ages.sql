-- How old each day was when a pull brought it: by the newest night until then, as a back-fill or a rerun of last week
-- names an older night than the one that knows of it.
with
loads as (
    select
        *,
        max(run_day) over (partition by connector order by loaded_at) as known_day
    from {{ ref('stg_kompas__loads') }}
)

select
    connector,
    stream,
    account_id,
    day,
    loaded_at,
    is_complete,
    {{ days_between('day', 'known_day') }} as age
from loads
