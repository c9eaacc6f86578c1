select
    date as day,
    account_id,
    response_id,
    score,
    scale,
    customer_id
from {{ source('files', 'survey_responses') }}
