select
    kpi_id,
    coalesce(brand, 'all') as brand,
    coalesce(channel, 'all') as channel,
    grain,
    valid_from,
    valid_to,
    target,
    low,
    high,
    source_text
from {{ source('kompas', 'targets') }}
