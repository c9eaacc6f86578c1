-- Every period of every KPI and segment: its figure, its target as it was then, and its verdict in words.
select
    judged.kpi_id,
    judged.position,
    judged.name_nl,
    judged.name_en,
    judged.unit,
    judged.direction,
    {{ segment('judged') }},
    judged.grain,
    judged.period_start,
    judged.period_end,
    judged.period_state,
    judged.actual,
    judged.target,
    judged.target_low,
    judged.target_high,
    judged.expected_so_far,
    judged.forecast,
    judged.interval_low,
    judged.interval_high,
    judged.numerator_value,
    judged.denominator_value,
    judged.verdict,
    verdicts.name_nl as verdict_nl,
    verdicts.name_en as verdict_en,
    verdicts.sign as verdict_sign,
    judged.reason
from {{ published('kpi_verdicts') }} as judged
inner join {{ published('dim_verdict') }} as verdicts
    on judged.verdict = verdicts.verdict
