-- Words that BI tools and people rely on: all values of these columns are on the list.
{{ config(meta=shown_on('kpi_verdicts')) }}
{%- set states = ['in_progress', 'complete'] %}
{%- set words = [
    ('kpi_verdicts', 'verdict', ['on_target', 'at_risk', 'off_target', 'no_verdict']),
    ('kpi_verdicts', 'verdict_before_guardrail', ['on_target', 'at_risk', 'off_target', 'no_verdict']),
    ('kpi_verdicts', 'guardrail_state', ['holds', 'broken', 'unknown']),
    ('kpi_verdicts', 'trend', ['better', 'worse', 'same']),
    ('kpi_verdicts', 'grain', grains()),
    ('kpi_verdicts', 'period_state', states),
    ('kpi_verdicts', 'direction', ['higher', 'lower', 'range']),
    ('kpi_values', 'grain', grains()),
    ('kpi_values', 'period_state', states),
    ('kpi_values', 'problem_code', [
        'missing', 'quota', 'provisional', 'flagged', 'unfinished', 'not_connected', 'not_additive', 'not_fitted',
        'too_short_history', 'too_few_repeat_customers', 'no_dropout_seen', 'infinite_mean_value', 'no_convergence',
    ]),
    ('kpi_period_measures', 'grain', grains()),
    ('kpi_unique_measures', 'grain', grains()),
    ('stg_kompas__targets', 'grain', grains()),
] %}
{% for model, column, known in words -%}
select
    '{{ model }}' as model,
    '{{ column }}' as column_name,
    {{ column }} as word,
    count(*) as used
from {{ ref(model) }}
where
    {{ column }} not in ('{{ known | join("', '") }}')
    {% if column not in ['problem_code', 'guardrail_state', 'trend'] -%} or {{ column }} is null {%- endif %}
group by {{ column }}
union all
{% endfor -%}
select
    'kpi_verdicts' as model,
    'reason_code' as column_name,
    verdicts.reason_code as word,
    count(*) as used
from {{ ref('kpi_verdicts') }} as verdicts
left join {{ ref('reasons') }} as reasons
    on verdicts.reason_code = reasons.code
where verdicts.reason_code is not null and reasons.code is null
group by verdicts.reason_code
