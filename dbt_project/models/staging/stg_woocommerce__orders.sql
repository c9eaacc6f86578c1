with versions as (
    {{ latest_version(
        source('woocommerce', 'orders'), 'account_id, order_id',
        newest_first='completed_at desc nulls last, paid_at desc nulls last, status'
    ) }}
)

select
    order_date,
    account_id,
    cast(order_id as {{ dbt.type_string() }}) as order_id,
    order_number,
    created_at as ordered_at,
    updated_at,
    paid_at,
    completed_at,
    status,
    -- As in WooCommerce's own reports: on-hold waits for a transfer, and counts; a status of a plugin's own does too.
    status in ('pending', 'failed', 'cancelled', 'trash', 'checkout-draft') as is_void,
    currency,
    total_amount,
    tax_amount,
    shipping_amount,
    discount_amount,
    created_via,
    cast(customer_id as {{ dbt.type_string() }}) as customer_id,
    country as shipping_country,
    source_type,
    utm_source,
    utm_medium,
    utm_campaign
from versions
