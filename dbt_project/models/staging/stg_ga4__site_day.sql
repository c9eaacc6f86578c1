select
    date as day,
    account_id,
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
from {{ source('ga4', 'site_day') }}
