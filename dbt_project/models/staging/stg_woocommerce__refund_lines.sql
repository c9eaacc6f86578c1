select
    refund_date,
    account_id,
    cast(refund_id as {{ dbt.type_string() }}) as refund_id,
    cast(order_id as {{ dbt.type_string() }}) as order_id,
    cast(refund_line_id as {{ dbt.type_string() }}) as refund_line_id,
    cast(line_id as {{ dbt.type_string() }}) as line_id,
    quantity
from {{ source('woocommerce', 'refund_lines') }}
