-- Known customers of all shops, under a keyed pseudonym.
with
platforms as (
    {{ union_platforms(
        columns=[
            'account_id', 'customer_id', 'created_date', 'country', 'email_hash'
        ],
        platforms=[
            {'platform': 'shopify', 'model': 'stg_shopify__customers', 'country': unknown()},
            {'platform': 'woocommerce', 'model': 'stg_woocommerce__customers', 'country': unknown()},
            {'platform': 'files', 'model': 'stg_files__customers'}
        ]
    ) }}
)

select
    platforms.platform,
    platforms.account_id,
    {{ brand() }} as brand,
    platforms.customer_id,
    platforms.created_date,
    platforms.country,
    platforms.email_hash
from platforms
{{ join_accounts('platforms') }}
