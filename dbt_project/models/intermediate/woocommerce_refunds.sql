-- Refunds of WooCommerce, whose amounts are in the currency of their order.
select
    refunds.refund_date,
    refunds.account_id,
    refunds.refund_id,
    refunds.order_id,
    refunds.amount,
    orders.currency
from {{ ref('stg_woocommerce__refunds') }} as refunds
left join {{ ref('stg_woocommerce__orders') }} as orders
    on refunds.account_id = orders.account_id and refunds.order_id = orders.order_id
