select
    date as day,
    account_id,
    views,
    reach,
    accounts_engaged,
    interactions,
    likes,
    comments,
    shares,
    saves,
    replies,
    profile_link_taps,
    new_followers,
    lost_followers
from {{ source('instagram', 'account_day') }}
