-- Answers to satisfaction surveys on one scale, 1 to 10; `conversion` says how an answer came there.
-- A skipped question is no answer. A recommendation (NPS) and ease (CES) are no satisfaction, and left out. HubSpot's
-- CSAT are three faces, 0 to 2.
with
platforms as (
    {{ union_platforms(
        columns=[
            'day', 'account_id', 'response_id', 'score', 'scale'
        ],
        platforms=[
            {'platform': 'files', 'model': 'stg_files__survey_responses'},
            {
                'platform': 'typeform', 'model': 'stg_typeform__responses',
                'where': "score is not null and scale <> 'nps'"
            },
            {'platform': 'zendesk', 'model': 'stg_zendesk__survey_responses', 'scale': "'1-5'"},
            {
                'platform': 'zendesk', 'model': 'stg_zendesk__satisfaction_ratings',
                'score': "cast(case rating when 'good' then 100 when 'bad' then 0 end as double)",
                'scale': "'percent_good'"
            },
            {'platform': 'surveymonkey', 'model': 'stg_surveymonkey__responses', 'where': 'score is not null'},
            {
                'platform': 'hubspot', 'model': 'stg_hubspot__feedback_submissions',
                'response_id': 'submission_id', 'score': 'answer * 50', 'scale': "'percent_good'",
                'where': "survey_type = 'CSAT' and answer is not null"
            }
        ]
    ) }}
),

scaled as (
    select
        *,
        case scale
            when '1-10' then score
            when 'percent_good' then 1 + score * 9 / 100
            -- The ends of another scale are the ends of 1-10: on 1-5, 3 is 5.5.
            {%- for low in [0, 1] %}{% for high in range(low + 1, 12) if (low, high) != (1, 10) %}
            when '{{ low }}-{{ high }}' then 1 + (score - {{ low }}) * 9 / {{ high - low }}
            {%- endfor %}{% endfor %}
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
