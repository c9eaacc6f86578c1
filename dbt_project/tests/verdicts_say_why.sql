-- No verdict without a figure and a target, no `no_verdict` without its reason in words, and never a verdict on data
-- with a problem.
{{ config(meta=shown_on('kpi_verdicts')) }}
with
verdicts as (select * from {{ ref('kpi_verdicts') }}),

kpi_values as (select * from {{ ref('kpi_values') }})

select
    verdicts.kpi_id,
    verdicts.grain,
    verdicts.period_start,
    verdicts.brand,
    verdicts.channel,
    verdicts.verdict,
    verdicts.reason_code,
    verdicts.reason,
    kpi_values.problem_code
from verdicts
left join kpi_values
    on
        verdicts.kpi_id = kpi_values.kpi_id
        and verdicts.grain = kpi_values.grain
        and verdicts.period_start = kpi_values.period_start
        and verdicts.brand = kpi_values.brand
        and verdicts.channel = kpi_values.channel
where
    (verdicts.verdict = 'no_verdict') <> (verdicts.reason_code is not null)
    or (verdicts.reason_code is null) <> (verdicts.reason is null)
    or (verdicts.verdict <> 'no_verdict' and (verdicts.actual is null or verdicts.target is null))
    or (verdicts.verdict <> 'no_verdict' and kpi_values.problem_code is not null)
    or kpi_values.kpi_id is null
