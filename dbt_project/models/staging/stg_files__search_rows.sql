select
    date as day,
    account_id,
    keyword,
    page,
    country as search_country,
    clicks,
    impressions,
    position as average_position
from {{ source('files', 'search_rows') }}
