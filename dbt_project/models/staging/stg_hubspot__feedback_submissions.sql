with versions as (
    {{ latest_version(
        source('hubspot', 'feedback_submissions'), 'account_id, submission_id', newest_first='archived desc, value desc'
    ) }}
)

select
    date as day,
    account_id,
    submission_id,
    submitted_at,
    updated_at,
    survey_type,
    survey_id,
    survey_name,
    channel as survey_channel,
    value as answer,
    sentiment,
    contact_id
from versions
where not archived
