with versions as (
    {{ latest_version(
        source('shopify', 'refunds'), 'account_id, refund_id',
        newest_first='amount desc'
    ) }}
)

select
    refund_date,
    account_id,
    refund_id,
    order_id,
    updated_at,
    processed_at as refunded_at,
    amount,
    currency
from versions
