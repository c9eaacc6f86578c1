-- A row per KPI and segment: of its own grain the newest period that does not merely wait for its time (the rule of
-- pipelines/headline.py, to which a test holds it). A month whose data did not come is told, not the month before.
with
placed as (
    select
        scorecard.*,
        row_number() over (
            partition by scorecard.kpi_id, {{ segment('scorecard') }}
            order by
                case when scorecard.grain = kpis.grain then 0 else 1 end,
                case
                    when scorecard.verdict <> 'no_verdict' then 0
                    when scorecard.reason_code in ('too_early', 'immature', 'unfinished', 'no_profile') then 1
                    when scorecard.reason_code = 'too_few' and scorecard.period_state = 'in_progress' then 1
                    else 0
                end,
                scorecard.period_start desc
        ) as place
    from {{ published('kpi_verdicts') }} as scorecard
    inner join {{ published('dim_kpi') }} as kpis
        on scorecard.kpi_id = kpis.kpi_id
)

select
    placed.kpi_id,
    placed.position,
    placed.name_nl,
    placed.name_en,
    placed.unit,
    placed.direction,
    placed.objective,
    placed.owner,
    {{ segment('placed') }},
    placed.grain,
    placed.period_start,
    placed.period_end,
    placed.period_state,
    placed.through_day,
    placed.actual,
    placed.target,
    placed.target_low,
    placed.target_high,
    placed.expected_so_far,
    placed.gap,
    placed.forecast,
    placed.interval_low,
    placed.interval_high,
    placed.previous_value,
    placed.last_year_value,
    placed.change_to_previous,
    placed.change_to_last_year,
    placed.trend,
    placed.guardrail_state,
    placed.verdict,
    verdicts.name_nl as verdict_nl,
    verdicts.name_en as verdict_en,
    verdicts.sign as verdict_sign,
    verdicts.position as verdict_position,
    placed.reason,
    placed.final_on
from placed
inner join {{ published('dim_verdict') }} as verdicts
    on placed.verdict = verdicts.verdict
where placed.place = 1
