select
    date as day,
    account_id,
    campaign_id,
    message_id,
    campaign_name,
    send_time as sent_at,
    recipients as emails_sent,
    delivered,
    bounced,
    opens_unique as unique_opens,
    clicks_unique as unique_clicks,
    unsubscribe_uniques as unsubscribed,
    spam_complaints,
    conversions,
    conversion_value,
    currency
from {{ source('klaviyo', 'campaign_report') }}
