-- A row per order that counts, with its units, what came back, and what was paid back.
with
units as (
    select
        platform,
        account_id,
        order_id,
        cast(sum(units_sold) as bigint) as units_sold,
        case when count(*) = count(units_returned) then cast(sum(units_returned) as bigint) end as units_returned
    from {{ ref('order_lines') }}
    group by platform, account_id, order_id
),

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
    units.units_sold,
    units.units_returned,
    coalesce(refunds.refund_eur, cast(0 as decimal(18, 6))) as refund_eur
from {{ ref('orders') }} as orders
left join units
    on
        orders.platform = units.platform
        and orders.account_id = units.account_id
        and orders.order_id = units.order_id
left join refunds
    on
        orders.platform = refunds.platform
        and orders.account_id = refunds.order_account_id
        and orders.order_id = refunds.order_id
