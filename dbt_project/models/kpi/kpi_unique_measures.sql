-- Unique counts at the grain at which they are shown, period to date by day. They are never added up: where several
-- accounts count the same brand, or several brands are asked for together, there is no figure.
with
visitors as (select * from {{ ref('web_visitors') }}),

feeds as (
    select distinct
        brand,
        coalesce(country, 'unassigned') as country,
        account_id
    from {{ ref('stg_kompas__accounts') }}
    where connector = 'ga4' and stream in ('site_day', 'site_users')
),

counted as (
    select brand, country, account_id from feeds
    union all
    select 'all' as brand, country, account_id from feeds
    union all
    select brand, 'all' as country, account_id from feeds
    union all
    select 'all' as brand, 'all' as country, account_id from feeds
),

-- The one account that counts a segment. One that left kompas.yaml counts none.
segments as (
    select
        brand,
        country,
        max(account_id) as account_id
    from counted
    group by brand, country
    having count(*) = 1
)

select
    visitors.grain,
    visitors.period_start,
    visitors.through_day as day,
    segments.brand,
    segments.country,
    'all' as channel,
    'all' as keyword,
    'visitors' as measure,
    cast(visitors.visitors as double) as value
from visitors
inner join segments
    on visitors.account_id = segments.account_id
