select
    date as day,
    account_id,
    response_id,
    submitted_at,
    question_id,
    score,
    scale
from {{ source('typeform', 'responses') }}
