-- Leads whose dates cannot be right: won before they came in. They have no lead time, and stand here to be mended.
select
    platform,
    account_id,
    brand,
    lead_id,
    created_date,
    won_date,
    'won_before_created' as problem
from {{ ref('leads') }}
where is_negative
