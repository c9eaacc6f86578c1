with versions as (
    {{ latest_version(
        source('woocommerce', 'order_lines'), 'account_id, order_id, line_id',
        newest_first='quantity desc, amount desc'
    ) }}
)

select
    order_date,
    account_id,
    cast(order_id as {{ dbt.type_string() }}) as order_id,
    cast(line_id as {{ dbt.type_string() }}) as line_id,
    updated_at,
    sku,
    cast(product_id as {{ dbt.type_string() }}) as product_id,
    title,
    quantity,
    amount,
    tax_amount,
    currency
from versions
