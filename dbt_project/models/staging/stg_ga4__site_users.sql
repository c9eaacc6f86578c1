select
    date as through_day,
    account_id,
    grain,
    period_start,
    total_users,
    active_users,
    new_users
from {{ source('ga4', 'site_users') }}
