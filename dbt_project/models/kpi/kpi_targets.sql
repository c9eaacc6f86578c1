-- The target of every period of every KPI and segment that has one: the one in force when the period began, or that
-- came into force first while it lasted. A relative one is reckoned from the same period a year before.
with
kpi_values as (select * from {{ ref('kpi_values') }}),

targets as (select * from {{ ref('stg_kompas__targets') }}),

in_force as (
    select
        kpi_values.kpi_id,
        kpi_values.grain,
        kpi_values.period_start,
        {{ segment('kpi_values') }},
        targets.target,
        targets.low,
        targets.high,
        targets.share as target_share,
        targets.valid_from as target_from,
        targets.source_text as target_text,
        {{ year_before('kpi_values.grain', 'kpi_values.period_start') }} as base_start,
        row_number() over (
            partition by kpi_values.kpi_id, kpi_values.grain, kpi_values.period_start, {{ segment('kpi_values') }}
            order by targets.valid_from
        ) as target_number
    from kpi_values
    inner join targets
        on
            kpi_values.kpi_id = targets.kpi_id
            and kpi_values.grain = targets.grain
            and {{ same_segment('kpi_values', 'targets') }}
            and kpi_values.period_end >= targets.valid_from
            and kpi_values.period_start <= coalesce(targets.valid_to, kpi_values.period_end)
),

bases as (
    select
        in_force.*,
        -- A share of nothing is no target.
        case
            when in_force.target_share is not null and bases.problem_code is null then nullif(bases.value, 0)
        end as target_base
    from in_force
    left join kpi_values as bases
        on
            in_force.kpi_id = bases.kpi_id
            and in_force.grain = bases.grain
            and in_force.base_start = bases.period_start
            and {{ same_segment('in_force', 'bases') }}
    where in_force.target_number = 1
),

reckoned as (
    select
        bases.*,
        kpis.direction,
        bases.target_base + abs(bases.target_base) * bases.target_share as relative_target
    from bases
    inner join {{ ref('stg_kompas__kpis') }} as kpis
        on bases.kpi_id = kpis.kpi_id
)

select
    kpi_id,
    grain,
    period_start,
    {{ segment() }},
    coalesce(target, relative_target) as target,
    coalesce(low, case when direction = 'higher' then relative_target end) as target_low,
    coalesce(high, case when direction = 'lower' then relative_target end) as target_high,
    target_share,
    target_base,
    target_from,
    target_text
from reckoned
