select
    date as day,
    account_id,
    query as keyword,
    clicks,
    impressions,
    position as average_position
from {{ source('search_console', 'query_day') }}
