select
    order_date,
    account_id,
    order_id,
    line_id,
    sku,
    title,
    product_type,
    quantity,
    returned_quantity,
    unit_price,
    currency
from {{ source('files', 'order_lines') }}
