-- Answers to satisfaction surveys on one scale, 1 to 10; `conversion` says how an answer came there.
with
platforms as (
    {{ union_platforms(
        columns=[
            'day', 'account_id', 'response_id', 'score', 'scale'
        ],
        platforms=[
            {'platform': 'files', 'model': 'stg_files__survey_responses'}
        ]
    ) }}
),

scaled as (
    select
        *,
        case scale
            when '1-10' then score
            -- The ends of 1-5 are the ends of 1-10.
            when '1-5' then 1 + (score - 1) * 9 / 4
            when 'percent_good' then 1 + score * 9 / 100
        end as score_1_to_10
    from platforms
)

select
    scaled.day,
    scaled.platform,
    scaled.account_id,
    {{ brand() }} as brand,
    {{ country() }} as country,
    scaled.response_id,
    scaled.score,
    scaled.scale,
    case when scaled.scale <> '1-10' then scaled.scale end as conversion,
    scaled.score_1_to_10
from scaled
{{ join_accounts('scaled') }}
