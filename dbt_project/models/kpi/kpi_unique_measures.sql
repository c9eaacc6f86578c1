-- Unique counts at the grain at which they are shown, period to date by day. They are never added up: where several
-- accounts count the same brand, or several brands are asked for together, there is no figure.
with
visitors as (select * from {{ ref('web_visitors') }}),

feeds as (
    select distinct
        brand,
        account_id
    from {{ ref('stg_kompas__accounts') }}
    where connector = 'ga4' and stream in ('site_day', 'site_users')
),

segments as (
    select
        brand,
        count(*) as accounts
    from feeds
    group by brand
    union all
    select
        'all' as brand,
        count(*) as accounts
    from feeds
)

select
    visitors.grain,
    visitors.period_start,
    visitors.through_day as day,
    segments.brand,
    'all' as channel,
    'visitors' as measure,
    cast(max(visitors.visitors) as double) as value
from visitors
inner join segments
    on segments.brand in (visitors.brand, 'all') and segments.accounts = 1
group by visitors.grain, visitors.period_start, visitors.through_day, segments.brand
