-- Key events of websites by day, name and channel.
with
platforms as (select 'ga4' as platform, * from {{ ref('stg_ga4__key_event_day') }})

select
    platforms.day,
    platforms.platform,
    platforms.account_id,
    {{ brand() }} as brand,
    {{ country() }} as country,
    platforms.channel,
    platforms.event_name,
    platforms.key_events
from platforms
{{ join_accounts('platforms') }}
