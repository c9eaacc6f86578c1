-- Which products come back: by the month of the order, brand, category and product.
with
lines as (select * from {{ ref('order_lines') }}),

settling as (
    select
        night.run_day,
        -- The same days as the KPI's; those that Kompas ships where the register has it not.
        coalesce(max(kpis.immature_days), 30) as immature_days
    from {{ ref('stg_kompas__night') }} as night
    left join {{ ref('stg_kompas__kpis') }} as kpis
        on kpis.kpi_id = 'return_rate'
    group by night.run_day
),

products as (
    select
        {{ start_of('month', 'order_date') }} as order_month,
        brand,
        coalesce(product_type, 'unknown') as category,
        coalesce(title, sku, 'unknown') as product,
        cast(sum(units_sold) as bigint) as units_sold,
        case when count(*) = count(units_returned) then cast(sum(units_returned) as bigint) end as units_returned
    from lines
    group by
        {{ start_of('month', 'order_date') }}, brand, coalesce(product_type, 'unknown'), coalesce(title, sku, 'unknown')
)

select
    products.order_month,
    products.brand,
    products.category,
    products.product,
    products.units_sold,
    products.units_returned,
    {{ ratio('products.units_returned', 'products.units_sold') }} as return_rate,
    {{ add_days(end_of('month', 'products.order_month'), 'settling.immature_days') }} >= settling.run_day as is_immature
from products
cross join settling
