-- Website traffic of all tools by day, channel, source and campaign; purchases as the analytics tool saw them.
with
platforms as (
    {{ union_platforms(
        columns=[
            'day', 'account_id', 'channel', 'source_medium', 'campaign_name',
            'sessions', 'engaged_sessions', 'purchases', 'purchase_revenue', 'key_events', 'currency'
        ],
        platforms=[
            {'platform': 'ga4', 'model': 'stg_ga4__channel_day'},
            {
                'platform': 'files', 'model': 'stg_files__sessions', 'channel': channel_named('source_channel'),
                'source_medium': unknown(), 'campaign_name': unknown(), 'key_events': unknown('double'),
                'currency': "coalesce(currency, 'EUR')"
            }
        ]
    ) }}
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
