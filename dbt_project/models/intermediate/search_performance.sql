-- Places in search results by day and keyword; weighted_position / impressions is the mean position.
with
platforms as (
    {{ union_platforms(
        columns=[
            'day', 'account_id', 'keyword', 'page', 'search_country', 'clicks', 'impressions', 'average_position'
        ],
        platforms=[
            {'platform': 'files', 'model': 'stg_files__search_rows'}
        ]
    ) }}
)

select
    platforms.day,
    platforms.platform,
    platforms.account_id,
    {{ brand() }} as brand,
    {{ country() }} as country,
    'Organic Search' as channel,
    platforms.keyword,
    platforms.page,
    platforms.search_country,
    platforms.clicks,
    platforms.impressions,
    platforms.average_position,
    platforms.average_position * platforms.impressions as weighted_position
from platforms
{{ join_accounts('platforms') }}
