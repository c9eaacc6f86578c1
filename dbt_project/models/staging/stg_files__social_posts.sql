select
    date as day,
    account_id,
    post_id,
    platform,
    post_type,
    likes,
    comments,
    shares,
    reach,
    impressions
from {{ source('files', 'social_posts') }}
