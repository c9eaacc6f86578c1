-- A rating that is changed moves to the day of the change: its old day may still hold the old one.
with
versions as (
    {{ latest_version(source('zendesk', 'satisfaction_ratings'), 'account_id, response_id', 'date desc') }}
)

select
    date as day,
    account_id,
    response_id,
    rating,
    offered_at,
    updated_at
from versions
