-- Known customers of all shops, under a keyed pseudonym.
with
platforms as (
    select
        'shopify' as platform, account_id, customer_id, created_date,
        cast(null as {{ dbt.type_string() }}) as country, email_hash
    from {{ ref('stg_shopify__customers') }}
    union all
    select
        'files' as platform, account_id, customer_id, created_date, country, email_hash
    from {{ ref('stg_files__customers') }}
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
