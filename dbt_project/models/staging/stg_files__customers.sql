select
    created_date,
    account_id,
    customer_id,
    country,
    email_hash
from {{ source('files', 'customers') }}
