select
    date as day,
    account_id,
    channel as source_channel,
    sessions,
    engaged_sessions,
    users as total_users,
    purchases,
    revenue as purchase_revenue,
    currency
from {{ source('files', 'sessions') }}
