select
    run_day,
    currency as reporting_currency,
    language as reporting_language,
    time_zone as company_time_zone,
    clv_basis,
    clv_gross_margin,
    clv_horizon_months,
    clv_discount_rate
from {{ source('kompas', 'night') }}
