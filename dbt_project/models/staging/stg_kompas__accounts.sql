select
    connector,
    account_id,
    name as account_name,
    brand,
    country,
    stream
from {{ source('kompas', 'accounts') }}
