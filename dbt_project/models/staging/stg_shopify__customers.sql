with versions as (
    {{ latest_version(
        source('shopify', 'customers'), 'account_id, customer_id',
        newest_first='number_of_orders desc, amount_spent desc'
    ) }}
)

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
