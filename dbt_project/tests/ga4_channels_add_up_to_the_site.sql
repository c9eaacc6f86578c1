-- Days that GA4 gave whole, without a word of sampling or the like, where its channels are not its site. Google says
-- that such figures may differ, so this warns.
{{ config(severity='warn', meta=shown_on('web_sessions')) }}
with
sound_days as (
    select
        account_id,
        day
    from {{ ref('load_days') }}
    where connector = 'ga4' and stream in ('channel_day', 'site_day') and is_complete and flags is null
    group by account_id, day
    having count(*) = 2
),

channels as (
    select
        account_id,
        day,
        sum(sessions) as sessions,
        sum(purchases) as purchases,
        sum(purchase_revenue) as purchase_revenue
    from {{ ref('stg_ga4__channel_day') }}
    group by account_id, day
),

site as (select * from {{ ref('stg_ga4__site_day') }})

select
    site.account_id,
    site.day,
    site.sessions as site_sessions,
    channels.sessions as channel_sessions,
    site.purchases as site_purchases,
    channels.purchases as channel_purchases,
    site.purchase_revenue as site_revenue,
    channels.purchase_revenue as channel_revenue
from sound_days
inner join site
    on sound_days.account_id = site.account_id and sound_days.day = site.day
left join channels
    on sound_days.account_id = channels.account_id and sound_days.day = channels.day
where
    coalesce(channels.sessions, 0) <> site.sessions
    or coalesce(channels.purchases, 0) <> site.purchases
    or abs(coalesce(channels.purchase_revenue, 0) - site.purchase_revenue) >= 0.01
