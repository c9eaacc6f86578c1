select
    connector as platform,
    account_id,
    account_name,
    brand,
    country
from {{ ref('accounts') }}
