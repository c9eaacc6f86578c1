-- Every day from the first that was ever pulled until the night's own, with the period of each grain that it is in.
with
digits as ({{ digits() }}),

numbers as ({{ whole_numbers(5) }}),

bounds as (
    select
        coalesce(min(loads.day), max(night.run_day)) as first_day,
        max(night.run_day) as run_day
    from {{ ref('stg_kompas__night') }} as night
    left join {{ ref('stg_kompas__loads') }} as loads
        on night.run_day >= loads.day
),

days as (
    select {{ add_days('bounds.first_day', 'numbers.number') }} as day
    from bounds
    inner join numbers
        on numbers.number <= {{ days_between('bounds.first_day', 'bounds.run_day') }}
),

day_periods as (
    {% for grain in grains() -%}
    select
        day,
        '{{ grain }}' as grain,
        {{ start_of(grain, 'day') }} as period_start
    from days
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ends as (
    select
        day,
        grain,
        period_start,
        case grain
            {% for grain in grains() -%}
            when '{{ grain }}' then {{ end_of(grain, 'period_start') }}
            {% endfor -%}
        end as period_end
    from day_periods
)

select
    day,
    grain,
    period_start,
    period_end
from ends
