-- Orders of all shops that count: no tests, none that are cancelled or unpaid. Revenue is without VAT, on the day of
-- the order.
with
platforms as (
    {{ union_platforms(
        columns=[
            'order_date', 'account_id', 'order_id', 'ordered_at', 'customer_id', 'shipping_country',
            'channel', 'campaign_name', 'currency', 'total_amount', 'tax_amount', 'customer_order_index'
        ],
        platforms=[
            {
                'platform': 'shopify', 'model': 'stg_shopify__orders', 'where': 'not is_test and not is_cancelled',
                'channel': channel_from_utm('utm_source', 'utm_medium', 'utm_campaign'), 'campaign_name': 'utm_campaign'
            },
            {
                'platform': 'woocommerce', 'model': 'stg_woocommerce__orders', 'where': 'not is_void',
                'channel': channel_from_utm(
                    'utm_source', "coalesce(utm_medium, case when source_type = 'typein' then '(none)' end)",
                    'utm_campaign'
                ),
                'campaign_name': 'utm_campaign', 'customer_order_index': nth_order_of_customer()
            },
            {
                'platform': 'files', 'model': 'stg_files__orders', 'where': 'not is_test and not is_cancelled',
                'channel': channel_named(
                    'source_channel', otherwise=channel_from_utm('utm_source', 'utm_medium', 'campaign_name')
                ),
                'customer_order_index': nth_order_of_customer()
            }
        ]
    ) }}
)

select
    platforms.order_date,
    platforms.platform,
    platforms.account_id,
    {{ brand() }} as brand,
    {{ country() }} as country,
    platforms.channel,
    platforms.campaign_name,
    platforms.order_id,
    platforms.ordered_at,
    platforms.customer_id,
    coalesce(platforms.customer_id is not null and platforms.customer_order_index = 1, false) as is_new_customer,
    platforms.shipping_country,
    platforms.currency,
    {{ rate_of('platforms') }} as rate,
    platforms.total_amount,
    platforms.tax_amount,
    {{ converted('platforms.total_amount', rate_of('platforms')) }} as total_eur,
    {{ converted('platforms.total_amount - platforms.tax_amount', rate_of('platforms')) }} as revenue_eur
from platforms
{{ join_rates('platforms', day='order_date') }}
{{ join_accounts('platforms') }}
