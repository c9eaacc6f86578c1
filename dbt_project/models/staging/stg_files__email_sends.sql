select
    date as day,
    account_id,
    campaign_id,
    campaign_name,
    delivered,
    unique_opens,
    unique_clicks,
    unsubscribed,
    machine_opens_excluded
from {{ source('files', 'email_sends') }}
