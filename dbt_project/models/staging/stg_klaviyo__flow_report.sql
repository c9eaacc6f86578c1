select
    date as day,
    account_id,
    flow_id,
    message_id,
    flow_name,
    message_name,
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
from {{ source('klaviyo', 'flow_report') }}
