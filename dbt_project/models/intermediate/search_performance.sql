-- Places in search results by day and keyword; weighted_position / impressions is the mean position. What a platform
-- does not tell by keyword is a row without one.
with
platforms as (
    {{ union_platforms(
        columns=[
            'day', 'account_id', 'keyword', 'page', 'search_country', 'clicks', 'impressions', 'average_position',
            'weighted_position'
        ],
        platforms=[
            {
                'platform': 'search_console', 'model': 'search_console_rows', 'page': unknown(),
                'search_country': unknown()
            },
            {
                'platform': 'files', 'model': 'stg_files__search_rows',
                'weighted_position': 'average_position * impressions'
            }
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
    platforms.weighted_position
from platforms
{{ join_accounts('platforms') }}
