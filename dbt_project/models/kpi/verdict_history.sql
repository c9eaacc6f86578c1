-- Each verdict of a whole period as it was known, and the one that replaced it when data was restated: a row per
-- change.
with
tonight as (
    select
        night.run_day,
        verdicts.kpi_id,
        {{ segment('verdicts') }},
        verdicts.grain,
        verdicts.period_start,
        verdicts.period_end,
        verdicts.period_state,
        verdicts.actual,
        verdicts.target,
        verdicts.verdict,
        verdicts.reason_code
    from {{ ref('kpi_verdicts') }} as verdicts
    cross join {{ ref('stg_kompas__night') }} as night
),

kept as (
    select kept.*
    from {{ ref('stg_kompas__verdicts') }} as kept
    inner join {{ ref('stg_kompas__night') }} as night
        on kept.run_day < night.run_day
),

known as (
    select * from kept
    where period_state = 'complete'
    union all
    select * from tonight
    where period_state = 'complete'
),

followed as (
    select
        *,
        lag(run_day) over (
            partition by kpi_id, {{ segment() }}, grain, period_start
            order by run_day
        ) as known_before,
        lag(verdict) over (
            partition by kpi_id, {{ segment() }}, grain, period_start
            order by run_day
        ) as verdict_before,
        lag(actual) over (
            partition by kpi_id, {{ segment() }}, grain, period_start
            order by run_day
        ) as actual_before
    from known
),

changes as (
    select *
    from followed
    where
        known_before is null
        or verdict <> verdict_before
        or (actual is null) <> (actual_before is null)
        -- The last bits of a sum depend on the order in which it was added.
        or abs(actual - actual_before) > 1e-9 * abs(actual_before)
)

select
    kpi_id,
    {{ segment() }},
    grain,
    period_start,
    period_end,
    run_day as known_from,
    cast(row_number() over (
        partition by kpi_id, {{ segment() }}, grain, period_start
        order by run_day
    ) as bigint) as version,
    actual,
    actual_before,
    target,
    verdict,
    verdict_before,
    reason_code,
    row_number() over (
        partition by kpi_id, {{ segment() }}, grain, period_start
        order by run_day desc
    ) = 1 as is_newest
from changes
