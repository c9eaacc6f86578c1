-- Orders of all shops that count: no tests, none that are cancelled. Revenue is without VAT, on the day of the order.
with
shopify as (select * from {{ ref('stg_shopify__orders') }}),

files as (select * from {{ ref('stg_files__orders') }}),

platforms as (
    select
        'shopify' as platform, order_date, account_id, order_id, ordered_at, customer_id, shipping_country,
        {{ channel_from_utm('utm_source', 'utm_medium', 'utm_campaign') }} as channel,
        utm_campaign as campaign_name,
        currency, total_amount, tax_amount, customer_order_index
    from shopify
    where not is_test and not is_cancelled
    union all
    select
        'files' as platform, order_date, account_id, order_id, ordered_at, customer_id, shipping_country,
        {{ channel_named('source_channel', otherwise=channel_from_utm('utm_source', 'utm_medium', 'campaign_name')) }}
            as channel,
        campaign_name,
        currency, total_amount, tax_amount,
        -- A file does not number a customer's orders. A guest has no number: guests are not one customer.
        case when customer_id is not null then row_number() over (
            partition by account_id, customer_id order by order_date, ordered_at nulls last, order_id
        ) end as customer_order_index
    from files
    where not is_test and not is_cancelled
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
