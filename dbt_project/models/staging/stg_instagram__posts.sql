select
    date as day,
    account_id,
    post_id,
    placed_at,
    post_type,
    placement,
    url,
    likes,
    comments,
    shares,
    saves,
    interactions,
    views,
    reach
from {{ source('instagram', 'posts') }}
