-- Posts on social media, with the parts of their engagement.
with
platforms as (
    {{ union_platforms(
        columns=[
            'network', 'day', 'account_id', 'post_id', 'post_type',
            'likes', 'comments', 'shares', 'reach', 'impressions'
        ],
        platforms=[
            {'platform': 'files', 'model': 'stg_files__social_posts', 'network': 'platform'}
        ]
    ) }}
)

select
    platforms.day,
    platforms.platform,
    platforms.network,
    platforms.account_id,
    {{ brand() }} as brand,
    {{ country() }} as country,
    'Organic Social' as channel,
    platforms.post_id,
    platforms.post_type,
    platforms.likes,
    platforms.comments,
    platforms.shares,
    platforms.likes + platforms.comments + platforms.shares as interactions,
    platforms.reach,
    platforms.impressions
from platforms
{{ join_accounts('platforms') }}
