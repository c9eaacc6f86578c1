-- No verdict without a figure and a target, no `no_verdict` and no broken guardrail without its reason in words, never
-- a verdict on data with a problem, and never plain green with a broken guardrail.
{{ config(meta=shown_on('kpi_verdicts')) }}
with
verdicts as (select * from {{ ref('kpi_verdicts') }}),

kpi_values as (select * from {{ ref('kpi_values') }})

select
    verdicts.kpi_id,
    verdicts.grain,
    verdicts.period_start,
    {{ segment('verdicts') }},
    verdicts.verdict,
    verdicts.reason_code,
    verdicts.reason,
    kpi_values.problem_code
from verdicts
left join kpi_values
    on {{ same_figure('verdicts', 'kpi_values') }}
where
    (verdicts.verdict = 'no_verdict' or verdicts.verdict <> verdicts.verdict_before_guardrail)
    <> (verdicts.reason_code is not null)
    or (verdicts.verdict = 'on_target' and verdicts.guardrail_state = 'broken')
    or (verdicts.reason_code is null) <> (verdicts.reason is null)
    or (verdicts.verdict <> 'no_verdict' and (verdicts.actual is null or verdicts.target is null))
    or (verdicts.verdict <> 'no_verdict' and kpi_values.problem_code is not null)
    or kpi_values.kpi_id is null
