select
    date as day,
    account_id,
    impressions,
    reach,
    clicks,
    likes,
    comments,
    shares,
    organic_follower_gain,
    paid_follower_gain,
    page_views
from {{ source('linkedin_pages', 'page_day') }}
