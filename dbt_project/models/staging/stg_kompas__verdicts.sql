select
    run_day,
    kpi_id,
    coalesce(brand, 'all') as brand,
    coalesce(country, 'all') as country,
    coalesce(channel, 'all') as channel,
    coalesce(keyword, 'all') as keyword,
    grain,
    period_start,
    period_end,
    period_state,
    actual,
    target,
    verdict,
    reason_code
from {{ source('kompas', 'verdicts') }}
