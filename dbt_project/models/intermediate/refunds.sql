-- Refunds without VAT: a refund holds as much VAT as its order. Those of test and cancelled orders are out with them.
-- Shops' refunds are amounts: the units that came back stand with the lines of the order. A file that keeps no link
-- from refund to order gives amounts as they are to be counted.
with
platforms as (
    {{ union_platforms(
        columns=[
            'account_id', 'refund_id', 'order_id', 'refund_date', 'amount', 'currency', 'quantity', 'must_have_order'
        ],
        platforms=[
            {
                'platform': 'shopify', 'model': 'stg_shopify__refunds', 'quantity': unknown('bigint'),
                'must_have_order': 'true'
            },
            {
                'platform': 'woocommerce', 'model': 'woocommerce_refunds', 'quantity': unknown('bigint'),
                'must_have_order': 'true'
            },
            {'platform': 'files', 'model': 'stg_files__refunds', 'must_have_order': 'order_id is not null'}
        ]
    ) }}
),

orders as (select * from {{ ref('orders') }})

select
    platforms.refund_date,
    platforms.platform,
    platforms.account_id,
    {{ brand() }} as brand,
    {{ country() }} as country,
    coalesce(orders.channel, 'Unassigned') as channel,
    platforms.refund_id,
    platforms.order_id,
    orders.account_id as order_account_id,
    orders.order_date,
    platforms.quantity as units_refunded,
    platforms.currency,
    {{ rate_of('platforms') }} as rate,
    platforms.amount,
    case
        -- Of an order of nothing there is no VAT to tell; what was paid back for it is nothing too.
        when orders.order_id is null or orders.total_amount = 0
            then {{ converted('platforms.amount', rate_of('platforms')) }}
        else {{ converted(
            'cast(platforms.amount as double) * ' ~ ratio('orders.total_amount - orders.tax_amount', 'orders.total_amount'),
            rate_of('platforms')
        ) }}
    end as refund_eur
from platforms
{{ join_accounts('platforms') }}
{{ join_orders('platforms', kind='left') }}
{{ join_rates('platforms', day='refund_date') }}
where orders.order_id is not null or not platforms.must_have_order
