select
    date as day,
    account_id,
    event_name,
    channel_group as channel,
    key_events,
    event_count
from {{ source('ga4', 'key_event_day') }}
