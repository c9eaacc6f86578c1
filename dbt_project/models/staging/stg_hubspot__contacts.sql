with versions as (
    {{ latest_version(
        source('hubspot', 'contacts'), 'account_id, contact_id', newest_first='archived desc, lifecycle_stage'
    ) }}
)

select
    created_date,
    account_id,
    contact_id,
    created_at,
    updated_at,
    lifecycle_stage,
    lead_at,
    marketing_qualified_lead_at,
    sales_qualified_lead_at,
    opportunity_at,
    customer_at,
    source as source_channel,
    email_hash
from versions
where not archived
