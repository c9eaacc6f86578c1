-- Advertising of all platforms by day and campaign. Conversions are the platforms' own, on the day of the click.
with
google_ads as (select * from {{ ref('stg_google_ads__campaign_day') }}),

meta_ads as (select * from {{ ref('stg_meta_ads__campaign_day') }}),

files as (select * from {{ ref('stg_files__ad_performance') }}),

platforms as (
    select
        'google_ads' as platform, day, account_id, campaign_id, campaign_name,
        {{ channel_from_ad_type('channel_type') }} as channel,
        currency, spend, impressions, clicks, conversions, conversion_value
    from google_ads
    union all
    select
        'meta_ads' as platform, day, account_id, campaign_id, campaign_name,
        'Paid Social' as channel,
        currency, spend, impressions, clicks, purchases as conversions,
        cast(purchase_value as double) as conversion_value
    from meta_ads
    union all
    select
        'files' as platform, day, account_id, campaign_id, campaign_name,
        {{ channel_named('source_channel', otherwise="'Paid Other'") }} as channel,
        currency, spend, impressions, clicks, conversions, cast(conversion_value as double) as conversion_value
    from files
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
