select
    run_day,
    currency as reporting_currency,
    language as reporting_language,
    time_zone as company_time_zone
from {{ source('kompas', 'night') }}
