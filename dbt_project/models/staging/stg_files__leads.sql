select
    created_date,
    account_id,
    lead_id,
    won_date,
    lost_date,
    status,
    channel as source_channel,
    value as deal_value,
    currency
from {{ source('files', 'leads') }}
