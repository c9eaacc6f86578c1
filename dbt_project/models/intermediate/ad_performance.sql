-- Advertising of all platforms by day and campaign. Conversions are the platforms' own, on the day of the click.
with
platforms as (
    {{ union_platforms(
        columns=[
            'day', 'account_id', 'campaign_id', 'campaign_name', 'channel', 'currency',
            'spend', 'impressions', 'clicks', 'conversions', 'conversion_value'
        ],
        platforms=[
            {'platform': 'google_ads', 'model': 'stg_google_ads__campaign_day', 'channel': channel_from_ad_type('channel_type')},
            {
                'platform': 'meta_ads', 'model': 'stg_meta_ads__campaign_day', 'channel': "'Paid Social'",
                'conversions': 'purchases', 'conversion_value': 'cast(purchase_value as double)'
            },
            {
                'platform': 'linkedin_ads', 'model': 'stg_linkedin_ads__campaign_day', 'channel': "'Paid Social'",
                'conversion_value': 'cast(conversion_value as double)'
            },
            {
                'platform': 'tiktok_ads', 'model': 'stg_tiktok_ads__campaign_day', 'channel': "'Paid Social'",
                'conversions': 'purchases', 'conversion_value': 'cast(purchase_value as double)'
            },
            {
                'platform': 'microsoft_ads', 'model': 'stg_microsoft_ads__campaign_day',
                'channel': channel_from_ad_type('campaign_type'),
                'conversion_value': 'cast(conversion_value as double)'
            },
            {
                'platform': 'files', 'model': 'stg_files__ad_performance',
                'channel': channel_named('source_channel', otherwise="'Paid Other'"),
                'conversion_value': 'cast(conversion_value as double)'
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
    platforms.campaign_id,
    platforms.campaign_name,
    platforms.channel,
    platforms.currency,
    {{ rate_of('platforms') }} as rate,
    platforms.spend,
    {{ converted('platforms.spend', rate_of('platforms')) }} as spend_eur,
    platforms.impressions,
    platforms.clicks,
    cast(platforms.conversions as double) as conversions,
    platforms.conversion_value,
    {{ converted('platforms.conversion_value', rate_of('platforms')) }} as conversion_value_eur
from platforms
{{ join_rates('platforms') }}
{{ join_accounts('platforms') }}
