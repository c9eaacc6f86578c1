-- What known customers brought, booking by booking: an order on its day, less each refund on its own. Refunds that name
-- no order are nobody's. Everything stands under the channel of the customer's first order.
with
orders as (select * from {{ ref('orders') }} where customer_id is not null),

refunds as (select * from {{ ref('refunds') }} where order_account_id is not null),

-- An order that was changed after the first night's history began comes in, however old it is, without its neighbours.
histories as (
    select
        connector as platform,
        account_id,
        min(day) as first_day
    from {{ ref('load_days') }}
    where stream = 'orders' and is_complete
    group by connector, account_id
),

firsts as (
    select
        orders.platform,
        orders.account_id,
        orders.customer_id,
        min(orders.order_date) as first_order_date,
        max(case when orders.is_new_customer then orders.channel end) as channel,
        max(case when orders.is_new_customer and orders.order_date >= histories.first_day then 1 else 0 end) = 1
            as is_first_order_known
    from orders
    left join histories
        on orders.platform = histories.platform and orders.account_id = histories.account_id
    group by orders.platform, orders.account_id, orders.customer_id
),

booked as (
    select
        platform, account_id, customer_id, order_id, order_date, brand, country,
        cast(null as {{ dbt.type_string() }}) as refund_id,
        order_date as day,
        is_new_customer,
        cast(revenue_eur as double) as revenue_eur
    from orders
    union all
    select
        orders.platform, orders.account_id, orders.customer_id, orders.order_id, orders.order_date, orders.brand,
        orders.country,
        refunds.refund_id,
        refunds.refund_date as day,
        false as is_new_customer,
        -cast(refunds.refund_eur as double) as revenue_eur
    from refunds
    inner join orders
        on
            refunds.platform = orders.platform
            and refunds.order_account_id = orders.account_id
            and refunds.order_id = orders.order_id
),

counted as (
    select
        booked.*,
        coalesce(firsts.channel, 'Unassigned') as channel,
        firsts.first_order_date,
        firsts.is_first_order_known,
        -- A refund counts where its order does, whenever the money goes back.
        firsts.is_first_order_known
        and booked.order_date < {{ months_later('firsts.first_order_date', 'night.clv_horizon_months') }} as is_counted,
        night.clv_gross_margin
    from booked
    inner join firsts
        on
            booked.platform = firsts.platform
            and booked.account_id = firsts.account_id
            and booked.customer_id = firsts.customer_id
    cross join {{ ref('stg_kompas__night') }} as night
)

select
    day,
    platform,
    account_id,
    brand,
    country,
    channel,
    customer_id,
    order_id,
    refund_id,
    order_date,
    first_order_date,
    is_first_order_known,
    revenue_eur,
    case
        -- Without terms (clv in kompas.yaml) nobody knows what counts.
        when clv_gross_margin is null then cast(null as double)
        when is_counted then revenue_eur * clv_gross_margin
        else cast(0 as double)
    end as profit_eur,
    case when is_new_customer and is_first_order_known then 1 else 0 end as customers_acquired
from counted
