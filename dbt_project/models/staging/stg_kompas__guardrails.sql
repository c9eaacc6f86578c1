select
    kpi_id,
    guardrail_kpi_id
from {{ source('kompas', 'guardrails') }}
