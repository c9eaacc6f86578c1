select
    date as day,
    account_id,
    post_id,
    placed_at,
    post_type,
    url,
    reactions as likes,
    comments,
    shares,
    clicks,
    views,
    reach
from {{ source('facebook_pages', 'posts') }}
