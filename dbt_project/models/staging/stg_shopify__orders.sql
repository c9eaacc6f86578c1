with versions as (
    {{ latest_version(
        source('shopify', 'orders'), 'account_id, order_id',
        newest_first='refunded_amount desc, cancelled_at desc nulls last'
    ) }}
)

select
    order_date,
    account_id,
    order_id,
    order_name,
    created_at,
    processed_at as ordered_at,
    updated_at,
    cancelled_at,
    test as is_test,
    cancelled_at is not null as is_cancelled,
    currency,
    financial_status,
    source_name,
    country as shipping_country,
    total_amount,
    subtotal_amount,
    discount_amount,
    tax_amount,
    shipping_amount,
    refunded_amount,
    customer_id,
    customer_order_index,
    utm_source,
    utm_medium,
    utm_campaign
from versions
