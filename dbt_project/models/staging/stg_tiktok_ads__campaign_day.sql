select
    date as day,
    account_id,
    campaign_id,
    currency,
    campaign_name,
    spend,
    impressions,
    clicks,
    reach,
    results,
    results_by_event_day,
    purchases,
    purchase_value,
    shop_purchases,
    shop_purchase_value,
    app_purchases,
    app_purchase_value
from {{ source('tiktok_ads', 'campaign_day') }}
