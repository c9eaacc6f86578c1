select
    refund_date,
    account_id,
    cast(refund_id as {{ dbt.type_string() }}) as refund_id,
    cast(order_id as {{ dbt.type_string() }}) as order_id,
    refunded_at,
    amount
from {{ source('woocommerce', 'refunds') }}
