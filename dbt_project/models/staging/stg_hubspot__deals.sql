with versions as (
    {{ latest_version(
        source('hubspot', 'deals'), 'account_id, deal_id', newest_first='archived desc, is_closed desc, amount desc'
    ) }}
)

select
    created_date,
    account_id,
    deal_id,
    created_at,
    updated_at,
    -- An open deal has a day of closing too: what the salesperson expects.
    case when is_closed_won then closed_date end as won_date,
    case when is_closed and not coalesce(is_closed_won, false) then closed_date end as lost_date,
    pipeline,
    stage,
    amount as deal_value,
    currency,
    source as source_channel
from versions
where not archived
