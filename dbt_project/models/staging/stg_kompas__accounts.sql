select
    connector,
    account_id,
    name as account_name,
    brand,
    country,
    stream,
    look_back_days,
    watched_measures
from {{ source('kompas', 'accounts') }}
