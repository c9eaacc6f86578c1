-- What came back of each order that counts: units, and money. NULL where that cannot be known, never 0 for it.
with
orders as (select * from {{ ref('orders') }}),

refunds as (select * from {{ ref('refunds') }}),

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

refunded as (
    select
        platform,
        order_account_id,
        order_id,
        {{ whole_sum('refund_eur') }} as refund_eur
    from refunds
    where order_account_id is not null
    group by platform, order_account_id, order_id
),

-- Files tell what was paid back for an order where a mapping brings refunds, and each of them names its order.
told as (
    select feeds.brand
    from {{ ref('stg_kompas__accounts') }} as feeds
    left join refunds
        on feeds.brand = refunds.brand and refunds.platform = 'files' and refunds.order_account_id is null
    where feeds.connector = 'files' and feeds.stream = 'refunds' and refunds.refund_id is null
    group by feeds.brand
)

select
    orders.order_date,
    orders.platform,
    orders.account_id,
    orders.brand,
    orders.country,
    orders.channel,
    orders.order_id,
    units.units_sold,
    units.units_returned,
    units.units_returned > 0 as is_returned,
    case
        when orders.platform = 'files' and told.brand is null then cast(null as double)
        when refunded.order_id is null then cast(0 as double)
        else refunded.refund_eur
    end as value_returned_eur
from orders
left join units
    on
        orders.platform = units.platform
        and orders.account_id = units.account_id
        and orders.order_id = units.order_id
left join refunded
    on
        orders.platform = refunded.platform
        and orders.account_id = refunded.order_account_id
        and orders.order_id = refunded.order_id
left join told
    on orders.brand = told.brand
