-- Posts on social media, with the parts of their engagement. Meta counts views since 2025, in the place of impressions:
-- times that a post was shown, whether or not to the same person again. It is what a rate can be taken of.
with
platforms as (
    {{ union_platforms(
        columns=[
            'network', 'day', 'account_id', 'post_id', 'post_type',
            'likes', 'comments', 'shares', 'clicks', 'reach', 'impressions'
        ],
        platforms=[
            {
                'platform': 'facebook_pages', 'model': 'stg_facebook_pages__posts', 'network': "'Facebook'",
                'impressions': 'views'
            },
            {
                'platform': 'instagram', 'model': 'stg_instagram__posts', 'network': "'Instagram'",
                'clicks': unknown('bigint'), 'impressions': 'views'
            },
            {
                'platform': 'linkedin_pages', 'model': 'stg_linkedin_pages__posts', 'network': "'LinkedIn'"
            },
            {
                'platform': 'files', 'model': 'stg_files__social_posts', 'network': 'platform',
                'clicks': unknown('bigint')
            }
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
    platforms.clicks,
    platforms.reach,
    platforms.impressions
from platforms
{{ join_accounts('platforms') }}
