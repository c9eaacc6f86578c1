select
    kpi_id,
    coalesce(brand, 'all') as brand,
    coalesce(country, 'all') as country,
    coalesce(channel, 'all') as channel,
    coalesce(keyword, 'all') as keyword,
    grain,
    valid_from,
    valid_to,
    target,
    low,
    high,
    share,
    source_text
from {{ source('kompas', 'targets') }}
