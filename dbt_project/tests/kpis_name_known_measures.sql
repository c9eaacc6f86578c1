-- KPIs of kompas.yaml over a measure that does not exist. They have no verdict (not_connected); the others go on.
{{ config(severity='warn', meta=shown_on('stg_kompas__kpis')) }}
with
named as (
    select kpi_id, numerator as measure from {{ ref('stg_kompas__kpis') }}
    union all
    select kpi_id, denominator as measure from {{ ref('stg_kompas__kpis') }}
    where denominator is not null
),

known as (select distinct measure from {{ ref('measure_concepts') }})

select
    named.kpi_id,
    named.measure
from named
left join known
    on named.measure = known.measure
where known.measure is null
