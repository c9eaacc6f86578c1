with versions as ({{ latest_version(source('shopify', 'customers'), 'account_id, customer_id') }})

select
    created_date,
    account_id,
    customer_id,
    created_at,
    updated_at,
    number_of_orders,
    amount_spent,
    currency,
    email_hash,
    marketing_state
from versions
