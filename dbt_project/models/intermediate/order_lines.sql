-- Lines of the orders that count, with the units that came back. NULL where returns are not known by line.
with
platforms as (
    {{ union_platforms(
        columns=[
            'account_id', 'order_id', 'line_id', 'sku', 'title', 'product_type', 'quantity', 'returned_quantity'
        ],
        platforms=[
            {'platform': 'shopify', 'model': 'stg_shopify__order_lines'},
            {'platform': 'woocommerce', 'model': 'woocommerce_order_lines', 'product_type': unknown()},
            {'platform': 'files', 'model': 'stg_files__order_lines'}
        ]
    ) }}
),

orders as (select * from {{ ref('orders') }})

select
    orders.order_date,
    orders.platform,
    orders.account_id,
    orders.brand,
    orders.country,
    orders.channel,
    orders.order_id,
    platforms.line_id,
    platforms.sku,
    platforms.title,
    platforms.product_type,
    platforms.quantity as units_sold,
    platforms.returned_quantity as units_returned
from platforms
{{ join_accounts('platforms') }}
{{ join_orders('platforms') }}
