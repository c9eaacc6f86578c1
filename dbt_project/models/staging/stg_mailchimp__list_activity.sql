select
    date as day,
    account_id,
    list_id,
    emails_sent,
    unique_opens,
    recipient_clicks,
    hard_bounce as hard_bounces,
    soft_bounce as soft_bounces,
    subs as subscribed,
    unsubs as unsubscribed,
    other_adds,
    other_removes
from {{ source('mailchimp', 'list_activity') }}
