select
    refund_date,
    account_id,
    refund_id,
    order_id,
    amount,
    quantity,
    currency
from {{ source('files', 'refunds') }}
