select
    date as day,
    account_id,
    campaign_id,
    campaign_name,
    channel as source_channel,
    currency,
    spend,
    impressions,
    clicks,
    conversions,
    conversion_value
from {{ source('files', 'ad_performance') }}
