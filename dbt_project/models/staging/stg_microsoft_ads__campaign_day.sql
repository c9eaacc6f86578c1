select
    date as day,
    account_id,
    campaign_id,
    campaign_name,
    campaign_status,
    campaign_type,
    currency,
    spend,
    impressions,
    clicks,
    conversions,
    conversion_value,
    all_conversions,
    all_conversion_value,
    view_through_conversions,
    view_through_value
from {{ source('microsoft_ads', 'campaign_day') }}
