select
    date as day,
    account_id,
    views,
    reach,
    engagements,
    new_followers,
    lost_followers,
    followers,
    page_views,
    video_views
from {{ source('facebook_pages', 'page_day') }}
