-- Every period of every KPI and segment that has a target: judged, or not, with the reason. docs/verdicts.md has the
-- rules.
with
kpis as (select * from {{ ref('stg_kompas__kpis') }}),

night as (select * from {{ ref('stg_kompas__night') }}),

guarded as (
    select
        judged.*,
        guardrails.guardrail_state,
        guardrails.guardrail_kpi_id,
        guardrails.guardrail_reason
    from {{ ref('kpi_judged') }} as judged
    left join {{ ref('kpi_guardrails') }} as guardrails
        on {{ same_figure('judged', 'guardrails') }}
),

verdicts as (
    select
        *,
        {{ verdict() }} as verdict,
        (period_value - previous_value) / nullif(abs(previous_value), 0) as change_to_previous,
        (period_value - last_year_value) / nullif(abs(last_year_value), 0) as change_to_last_year,
        case
            when value < low_so_far then value - low_so_far
            when value > high_so_far then value - high_so_far
            else value - expected_so_far
        end as gap
    from guarded
),

reasons as (
    select
        reasons.code,
        case night.reporting_language when 'nl' then reasons.nl else reasons.en end as words
    from {{ ref('reasons') }} as reasons
    cross join night
),

told as (
    select
        verdicts.*,
        case
            when verdicts.verdict <> verdicts.verdict_before_guardrail then 'guardrail'
            else verdicts.reason_code
        end as told_code
    from verdicts
)

select
    told.kpi_id,
    kpis.position,
    kpis.name_nl,
    kpis.name_en,
    kpis.unit,
    kpis.direction,
    kpis.objective,
    kpis.owner,
    {{ segment('told') }},
    told.grain,
    told.period_start,
    told.period_end,
    told.period_state,
    told.through_day,
    told.days_total,
    told.days_elapsed,
    told.value as actual,
    told.target,
    told.target_low,
    told.target_high,
    told.target_from,
    told.target_text,
    told.target_share,
    told.target_base,
    told.share,
    told.expected_so_far,
    told.low_so_far,
    told.high_so_far,
    told.gap,
    told.forecast,
    told.interval_low,
    told.interval_high,
    told.is_within_noise,
    told.tolerance,
    told.numerator_value,
    told.denominator_value,
    told.sample,
    told.minimum_sample,
    told.settled_on,
    told.final_on,
    told.previous_value,
    told.last_year_value,
    told.change_to_previous,
    told.change_to_last_year,
    case
        when told.change_to_previous is null or kpis.direction = 'range' then null
        when abs(told.change_to_previous) <= 0.005 then 'same'
        when (told.change_to_previous > 0) = (kpis.direction = 'higher') then 'better'
        else 'worse'
    end as trend,
    told.guardrail_state,
    told.guardrail_kpi_id,
    told.guardrail_reason,
    told.verdict_before_guardrail,
    told.verdict,
    told.told_code as reason_code,
    case
        when told.told_code = 'guardrail' then told.guardrail_reason
        else reasons.words || case
            when told.told_code = told.problem_code then coalesce(': ' || told.problem_detail, '')
            when told.told_code = 'immature' then ' ' || cast(told.settled_on as {{ dbt.type_string() }})
            when told.told_code = 'too_few'
                then ': ' || cast(cast(round(told.sample) as bigint) as {{ dbt.type_string() }})
            else ''
        end
    end as reason,
    row_number() over (
        partition by told.kpi_id, {{ segment('told') }}, told.grain, told.period_state
        order by told.period_start desc
    ) = 1 as is_newest,
    told.verdict <> 'no_verdict' and row_number() over (
        partition by told.kpi_id, {{ segment('told') }}, told.grain
        order by case when told.verdict = 'no_verdict' then 1 else 0 end, told.period_start desc
    ) = 1 as is_newest_judged
from told
inner join kpis
    on told.kpi_id = kpis.kpi_id
left join reasons
    on told.told_code = reasons.code
