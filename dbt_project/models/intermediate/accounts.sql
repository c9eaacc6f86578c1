select distinct
    connector,
    account_id,
    account_name,
    brand,
    country
from {{ ref('stg_kompas__accounts') }}
