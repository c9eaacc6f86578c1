-- A table, as its source lies in the lake.
{{ config(materialized='table') }}
select
    run_day,
    reporting_currency,
    reporting_language,
    company_time_zone
from {{ ref('stg_kompas__night') }}
