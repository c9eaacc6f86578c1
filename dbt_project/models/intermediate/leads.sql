-- Leads and deals of all tools. A lead time below zero is a mistake in the tool, and is kept apart.
with
platforms as (
    {{ union_platforms(
        columns=[
            'account_id', 'lead_id', 'source_channel', 'created_date', 'won_date', 'lost_date', 'status'
        ],
        platforms=[
            {
                'platform': 'hubspot', 'model': 'stg_hubspot__deals',
                'lead_id': 'deal_id', 'source_channel': channel_from_hubspot('source_channel'), 'status': 'stage'
            },
            {'platform': 'files', 'model': 'stg_files__leads'}
        ]
    ) }}
)

select
    platforms.platform,
    platforms.account_id,
    {{ brand() }} as brand,
    {{ country() }} as country,
    {{ channel_named('platforms.source_channel') }} as channel,
    platforms.lead_id,
    platforms.created_date,
    platforms.won_date,
    platforms.lost_date,
    platforms.status,
    case
        when platforms.won_date >= platforms.created_date
            then {{ days_between('platforms.created_date', 'platforms.won_date') }}
    end as lead_time_days,
    coalesce(platforms.won_date < platforms.created_date, false) as is_negative
from platforms
{{ join_accounts('platforms') }}
