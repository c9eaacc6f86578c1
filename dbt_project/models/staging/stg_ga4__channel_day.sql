select
    date as day,
    account_id,
    channel_group as channel,
    source_medium,
    campaign_name,
    sessions,
    engaged_sessions,
    total_users,
    new_users,
    key_events,
    purchases,
    purchase_revenue,
    total_revenue,
    refund_amount,
    currency
from {{ source('ga4', 'channel_day') }}
