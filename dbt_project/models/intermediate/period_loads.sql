-- For each stream of each configured account and each period: how many of its days the lake has, and what ails them.
with
feeds as (
    select
        connector,
        stream,
        account_id,
        account_name,
        brand,
        country
    from {{ ref('stg_kompas__accounts') }}
),

periods as (select * from {{ ref('periods') }}),

calendar as (select * from {{ ref('calendar') }}),

load_days as (select * from {{ ref('load_days') }}),

days as (select distinct day from calendar),

feed_days as (
    select
        feeds.*,
        days.day,
        coalesce(load_days.is_complete, false) as is_complete,
        load_days.flags,
        load_days.newest_reason,
        load_days.newest_action
    from feeds
    cross join days
    left join load_days
        on
            feeds.connector = load_days.connector
            and feeds.stream = load_days.stream
            and feeds.account_id = load_days.account_id
            and days.day = load_days.day
),

judged_days as (
    select
        *,
        {{ problem_of_day() }} as problem,
        -- Starts with the day, so that the least of a period's texts is that of its first day.
        cast(day as {{ dbt.type_string() }})
        || coalesce(' – ' || case when is_complete then flags else newest_reason end, '') as told
    from feed_days
),

firsts as (
    select
        connector,
        stream,
        account_id,
        min(day) as first_day
    from judged_days
    where is_complete
    group by connector, stream, account_id
),

-- The first day that an account lacks since the lake began to know of it: what adds up over all periods lacks it too.
gaps as (
    select
        judged_days.connector,
        judged_days.stream,
        judged_days.account_id,
        min(judged_days.day) as day,
        min(judged_days.told) as told
    from judged_days
    inner join firsts
        on
            judged_days.connector = firsts.connector
            and judged_days.stream = firsts.stream
            and judged_days.account_id = firsts.account_id
            and judged_days.day > firsts.first_day
    where not judged_days.is_complete
    group by judged_days.connector, judged_days.stream, judged_days.account_id
)

select
    judged_days.connector,
    judged_days.stream,
    judged_days.account_id,
    judged_days.account_name,
    judged_days.brand,
    judged_days.country,
    calendar.grain,
    calendar.period_start,
    periods.days_elapsed,
    sum(case when judged_days.is_complete then 1 else 0 end) as days_complete,
    -- The calendar starts with the first day that was ever pulled: what a period had before it is missing.
    coalesce(
        min(case when judged_days.problem = 'missing' then judged_days.told end),
        case
            when min(judged_days.day) > calendar.period_start
                then '< ' || cast(min(judged_days.day) as {{ dbt.type_string() }})
        end
    ) as first_missing,
    {% for problem in problems() if problem != 'missing' -%}
    min(case when judged_days.problem = '{{ problem }}' then judged_days.told end) as first_{{ problem }},
    {% endfor -%}
    max(case when judged_days.day = periods.through_day then judged_days.problem end) as through_day_problem,
    max(case when judged_days.day = periods.through_day then judged_days.told end) as through_day_told,
    min(case when gaps.day <= periods.through_day then gaps.told end) as first_gap
from judged_days
inner join calendar
    on judged_days.day = calendar.day
inner join periods
    on calendar.grain = periods.grain and calendar.period_start = periods.period_start
left join gaps
    on
        judged_days.connector = gaps.connector
        and judged_days.stream = gaps.stream
        and judged_days.account_id = gaps.account_id
group by
    judged_days.connector,
    judged_days.stream,
    judged_days.account_id,
    judged_days.account_name,
    judged_days.brand,
    judged_days.country,
    calendar.grain,
    calendar.period_start,
    periods.days_elapsed
