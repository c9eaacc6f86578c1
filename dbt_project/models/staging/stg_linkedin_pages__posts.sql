select
    date as day,
    account_id,
    post_id,
    placed_at,
    post_type,
    likes,
    comments,
    shares,
    clicks,
    impressions,
    reach
from {{ source('linkedin_pages', 'posts') }}
