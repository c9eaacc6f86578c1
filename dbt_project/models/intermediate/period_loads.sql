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

feed_days as (
    select
        feeds.connector,
        feeds.stream,
        feeds.account_id,
        feeds.account_name,
        feeds.brand,
        feeds.country,
        calendar.day,
        calendar.grain,
        calendar.period_start,
        coalesce(load_days.is_complete, false) as is_complete,
        load_days.flags,
        load_days.newest_reason
    from feeds
    cross join calendar
    left join load_days
        on
            feeds.connector = load_days.connector
            and feeds.stream = load_days.stream
            and feeds.account_id = load_days.account_id
            and calendar.day = load_days.day
)

select
    feed_days.connector,
    feed_days.stream,
    feed_days.account_id,
    feed_days.account_name,
    feed_days.brand,
    feed_days.country,
    feed_days.grain,
    feed_days.period_start,
    periods.days_elapsed,
    sum(case when feed_days.is_complete then 1 else 0 end) as days_complete,
    min(case when not feed_days.is_complete then feed_days.day end) as first_missing_day,
    min(case when feed_days.is_complete then feed_days.day end) as first_complete_day,
    max(case when not feed_days.is_complete then feed_days.newest_reason end) as missing_reason,
    max(feed_days.flags) as flags,
    max(case when feed_days.day = periods.through_day and feed_days.is_complete then 1 else 0 end) = 1
        as has_through_day,
    max(case when feed_days.day = periods.through_day then feed_days.flags end) as through_day_flags,
    max(case when feed_days.day = periods.through_day then feed_days.newest_reason end) as through_day_reason
from feed_days
inner join periods
    on feed_days.grain = periods.grain and feed_days.period_start = periods.period_start
group by
    feed_days.connector,
    feed_days.stream,
    feed_days.account_id,
    feed_days.account_name,
    feed_days.brand,
    feed_days.country,
    feed_days.grain,
    feed_days.period_start,
    periods.days_elapsed
