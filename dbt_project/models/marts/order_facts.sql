-- A row per order that counts, with its units, what came back, and what was paid back.
with
refunds as (
    select
        platform,
        order_account_id,
        order_id,
        cast(sum(refund_eur) as decimal(18, 6)) as refund_eur
    from {{ ref('refunds') }}
    where order_account_id is not null
    group by platform, order_account_id, order_id
)

select
    orders.*,
    returns.units_sold,
    returns.units_returned,
    coalesce(refunds.refund_eur, cast(0 as decimal(18, 6))) as refund_eur
from {{ ref('orders') }} as orders
inner join {{ ref('order_returns') }} as returns
    on
        orders.platform = returns.platform
        and orders.account_id = returns.account_id
        and orders.order_id = returns.order_id
left join refunds
    on
        orders.platform = refunds.platform
        and orders.account_id = refunds.order_account_id
        and orders.order_id = refunds.order_id
