select
    date as day,
    account_id,
    requests,
    delivered,
    hard_bounces,
    soft_bounces,
    blocked,
    invalid,
    opens,
    unique_opens,
    clicks,
    unique_clicks,
    unsubscribed,
    spam_reports as complaints
from {{ source('brevo', 'transactional_day') }}
