-- Customers by the month of their first order, and what they did in each month since. Guests are no customers, and of
-- those whose first order is not in the data the month is not known.
with
orders as (
    select
        facts.brand,
        facts.platform,
        facts.account_id,
        facts.customer_id,
        facts.is_new_customer,
        {{ start_of('month', 'facts.order_date') }} as month_start,
        facts.revenue_eur,
        facts.refund_eur
    from {{ published('order_facts') }} as facts
    -- Orders of the morning itself are in the lake already; the KPI tables leave them out too.
    inner join {{ published('night') }} as night
        on facts.order_date <= night.run_day
    where facts.customer_id is not null
),

customers as (
    select
        brand,
        platform,
        account_id,
        customer_id,
        min(month_start) as cohort_month
    from orders
    where is_new_customer
    group by brand, platform, account_id, customer_id
),

cohorts as (
    select
        brand,
        cohort_month,
        count(*) as cohort_customers
    from customers
    group by brand, cohort_month
),

months as (
    select distinct
        days.month_start,
        {{ end_of('month', 'days.month_start') }} <= night.run_day as is_complete
    from {{ published('dim_day') }} as days
    cross join {{ published('night') }} as night
),

active as (
    select
        customers.brand,
        customers.cohort_month,
        orders.month_start,
        count(distinct customers.platform || ' ' || customers.account_id || ' ' || customers.customer_id) as customers,
        count(*) as orders,
        {{ whole_amount('orders.revenue_eur') }} as revenue_eur,
        {{ whole_amount('orders.refund_eur') }} as refund_eur
    from customers
    inner join orders
        on
            customers.platform = orders.platform
            and customers.account_id = orders.account_id
            and customers.customer_id = orders.customer_id
            and customers.cohort_month <= orders.month_start
    group by customers.brand, customers.cohort_month, orders.month_start
)

select
    cohorts.brand,
    cohorts.cohort_month,
    months.month_start,
    cast(
        (extract(year from months.month_start) - extract(year from cohorts.cohort_month)) * 12
        + extract(month from months.month_start) - extract(month from cohorts.cohort_month)
        as bigint
    ) as months_since,
    months.is_complete,
    cohorts.cohort_customers,
    coalesce(active.customers, 0) as customers,
    coalesce(active.orders, 0) as orders,
    case when active.orders is null then {{ amount('0') }} else active.revenue_eur end as revenue_eur,
    case when active.orders is null then {{ amount('0') }} else active.refund_eur end as refund_eur
from cohorts
inner join months
    on cohorts.cohort_month <= months.month_start
left join active
    on
        cohorts.brand = active.brand
        and cohorts.cohort_month = active.cohort_month
        and months.month_start = active.month_start
