-- Every period of every KPI and segment that has a target, judged by itself: guardrails come after. And what is shown
-- without a target, in the KPI's own grain over everything.
with
kpis as (select * from {{ ref('stg_kompas__kpis') }}),

night as (select * from {{ ref('stg_kompas__night') }}),

targeted as (
    select
        estimates.*,
        kpis.tolerance,
        kpis.is_informational,
        kpis.grain = estimates.grain and {{ is_everything('estimates') }} as is_headline,
        targets.kpi_id is not null as has_target,
        targets.target,
        targets.target_low,
        targets.target_high,
        targets.target_share,
        targets.target_base,
        targets.target_from,
        targets.target_text,
        targets.target_share is not null as is_relative,
        targets.target * estimates.share as expected_so_far,
        targets.target_low * estimates.share as low_so_far,
        targets.target_high * estimates.share as high_so_far,
        estimates.settled_on > estimates.period_end and estimates.settled_on > night.run_day as is_immature
    from {{ ref('kpi_estimates') }} as estimates
    inner join kpis
        on estimates.kpi_id = kpis.kpi_id
    cross join night
    left join {{ ref('kpi_targets') }} as targets
        on {{ same_figure('estimates', 'targets') }}
),

reasoned as (
    select
        *,
        {{ reason_code() }} as reason_code
    from targeted
    where has_target or (is_informational and is_headline)
)

select
    *,
    {{ verdict_before_guardrail() }} as verdict_before_guardrail,
    {{ within_noise() }} as is_within_noise
from reasoned
