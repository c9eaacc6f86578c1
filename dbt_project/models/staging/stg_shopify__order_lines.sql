with versions as (
    {{ latest_version(
        source('shopify', 'order_lines'), 'account_id, order_id, line_id',
        newest_first='current_quantity, quantity desc'
    ) }}
)

select
    order_date,
    account_id,
    order_id,
    line_id,
    updated_at,
    sku,
    product_id,
    title,
    product_type,
    quantity,
    current_quantity,
    quantity - current_quantity as returned_quantity,
    unit_price,
    currency
from versions
