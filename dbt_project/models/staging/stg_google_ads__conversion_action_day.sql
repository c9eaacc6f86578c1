select
    date as day,
    account_id,
    campaign_id,
    conversion_action,
    conversion_action_name,
    conversions,
    conversions_value as conversion_value
from {{ source('google_ads', 'conversion_action_day') }}
