select
    date as day,
    account_id,
    response_id,
    survey_id,
    answered_at,
    score
from {{ source('zendesk', 'survey_responses') }}
