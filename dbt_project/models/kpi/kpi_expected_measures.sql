-- What models expect, by brand and period: as they were fitted to what was known on the period's last day, or why there
-- is no figure. Brands are not added up: some customers are known to both, and one without a fit would leave no sum.
{%- set fitted = target.type == 'duckdb' %}
with
periods as (select * from {{ ref('periods') }}),

brands as (
    select distinct brand
    from {{ ref('stg_kompas__accounts') }}
    where stream = 'orders'
),

{% if fitted -%}
fits as (select * from {{ ref('clv_fit') }}),
{%- else -%}
-- The models are Python over DuckDB (marts/clv_fit.py); other engines have none.
fits as (
    select
        brand,
        cast(null as date) as through_day,
        cast(null as bigint) as customers,
        cast(null as double) as expected_gross_profit_eur,
        cast(null as {{ dbt.type_string() }}) as reason
    from brands
    where brand is null
),
{%- endif %}

by_brand as (
    select
        periods.grain,
        periods.period_start,
        brands.brand,
        fits.customers,
        fits.expected_gross_profit_eur,
        case when fits.brand is null then 'not_fitted' else fits.reason end as problem_code
    from periods
    cross join brands
    left join fits
        on periods.through_day = fits.through_day and brands.brand = fits.brand
),

everything as (
    select
        grain,
        period_start,
        'all' as brand,
        max(customers) as customers,
        max(expected_gross_profit_eur) as expected_gross_profit_eur,
        case when count(*) = 1 then max(problem_code) else 'not_additive' end as problem_code
    from by_brand
    group by grain, period_start
),

segments as (
    select * from by_brand
    union all
    select * from everything
)

select
    grain,
    period_start,
    brand,
    'all' as country,
    'all' as channel,
    'all' as keyword,
    'expected_customer_profit' as measure,
    case when problem_code is null then expected_gross_profit_eur end as value,
    problem_code
from segments
union all
select
    grain,
    period_start,
    brand,
    'all' as country,
    'all' as channel,
    'all' as keyword,
    'customers_valued' as measure,
    case when problem_code is null then cast(customers as double) end as value,
    problem_code
from segments
