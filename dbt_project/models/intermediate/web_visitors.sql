-- Unique visitors from the start of a period through a day, as the platform counted them: never a sum.
with
days as (
    select
        'day' as grain,
        day as period_start,
        day as through_day,
        account_id,
        total_users
    from {{ ref('stg_ga4__site_day') }}
),

periods_to_date as (
    select
        grain,
        period_start,
        through_day,
        account_id,
        total_users
    from {{ ref('stg_ga4__site_users') }}
),

platforms as (
    select 'ga4' as platform, * from days
    union all
    select 'ga4' as platform, * from periods_to_date
)

select
    platforms.grain,
    platforms.period_start,
    platforms.through_day,
    platforms.platform,
    platforms.account_id,
    {{ brand() }} as brand,
    {{ country() }} as country,
    platforms.total_users as visitors
from platforms
{{ join_accounts('platforms') }}
