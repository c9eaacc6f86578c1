-- Website traffic of all tools by day, channel, source and campaign; purchases as the analytics tool saw them.
with
ga4 as (select * from {{ ref('stg_ga4__channel_day') }}),

files as (select * from {{ ref('stg_files__sessions') }}),

platforms as (
    select
        'ga4' as platform, day, account_id, channel, source_medium, campaign_name,
        sessions, engaged_sessions, purchases, purchase_revenue, key_events, currency
    from ga4
    union all
    select
        'files' as platform, day, account_id, {{ channel_named('source_channel') }} as channel,
        cast(null as {{ dbt.type_string() }}) as source_medium, cast(null as {{ dbt.type_string() }}) as campaign_name,
        sessions, engaged_sessions, purchases, purchase_revenue, cast(null as double) as key_events,
        coalesce(currency, 'EUR') as currency
    from files
)

select
    platforms.day,
    platforms.platform,
    platforms.account_id,
    {{ brand() }} as brand,
    {{ country() }} as country,
    platforms.channel,
    platforms.source_medium,
    platforms.campaign_name,
    platforms.sessions,
    platforms.engaged_sessions,
    platforms.purchases,
    cast(platforms.key_events as double) as key_events,
    platforms.currency,
    {{ rate_of('platforms') }} as rate,
    platforms.purchase_revenue,
    {{ converted('platforms.purchase_revenue', rate_of('platforms')) }} as purchase_revenue_eur
from platforms
{{ join_rates('platforms') }}
{{ join_accounts('platforms') }}
