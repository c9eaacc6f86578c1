-- Every period of every grain that has begun, and how far the night has come in it.
with
ends as (
    select distinct
        calendar.grain,
        calendar.period_start,
        calendar.period_end,
        night.run_day
    from {{ ref('calendar') }} as calendar
    cross join {{ ref('stg_kompas__night') }} as night
),

progress as (
    select
        *,
        least(period_end, run_day) as through_day,
        {{ days_between('period_start', 'period_end') }} + 1 as days_total
    from ends
)

select
    grain,
    period_start,
    period_end,
    through_day,
    run_day,
    days_total,
    {{ days_between('period_start', 'through_day') }} + 1 as days_elapsed,
    case when through_day < period_end then 'in_progress' else 'complete' end as period_state
from progress
