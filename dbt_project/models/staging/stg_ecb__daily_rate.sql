select
    date as day,
    currency,
    units_per_eur
from {{ source('ecb', 'daily_rate') }}
