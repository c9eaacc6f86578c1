-- A response that is changed moves to the day of the change: its old day may still hold the old one.
with
versions as (
    {{ latest_version(source('surveymonkey', 'responses'), 'account_id, response_id', 'date desc') }}
)

select
    date as day,
    account_id,
    response_id,
    started_at,
    updated_at,
    question_id,
    score,
    scale
from versions
