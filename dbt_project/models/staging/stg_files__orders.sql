select
    order_date,
    account_id,
    order_id,
    ordered_at,
    customer_id,
    currency,
    country as shipping_country,
    coalesce(test, false) as is_test,
    coalesce(cancelled, false) as is_cancelled,
    total_amount,
    tax_amount,
    shipping_amount,
    discount_amount,
    channel as source_channel,
    campaign as campaign_name,
    utm_source,
    utm_medium
from {{ source('files', 'orders') }}
