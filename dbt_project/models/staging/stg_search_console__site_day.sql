select
    date as day,
    account_id,
    clicks,
    impressions,
    position as average_position
from {{ source('search_console', 'site_day') }}
