-- A row per day, with the first day of each period that it is in.
-- noqa: disable=LT02
select
    day,
    {{ weekday('day') }} as weekday
    {%- for grain in grains() if grain != 'day' %},
    max(case when grain = '{{ grain }}' then period_start end) as {{ grain }}_start
    {%- endfor %}
from {{ ref('calendar') }}
group by day
