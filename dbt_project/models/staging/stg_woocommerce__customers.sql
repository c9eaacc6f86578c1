with versions as (
    {{ latest_version(
        source('woocommerce', 'customers'), 'account_id, customer_id',
        newest_first='is_paying_customer desc'
    ) }}
)

select
    created_date,
    account_id,
    cast(customer_id as {{ dbt.type_string() }}) as customer_id,
    created_at,
    updated_at,
    is_paying_customer,
    email_hash
from versions
