-- Whether the guardrails of each judged row hold: docs/verdicts.md, "Guardrails". A row per KPI, period and segment
-- that has any; the first one that is broken gives its name.
with
judged as (select * from {{ ref('kpi_judged') }}),

kpis as (select * from {{ ref('stg_kompas__kpis') }}),

estimates as (
    select
        estimates.*,
        kpis.direction,
        kpis.tolerance,
        targets.target_low,
        targets.target_high,
        {% for when, figure in {'now': 'period_value', 'then': 'previous_value'}.items() -%}
        -- How bad a figure is: what is to rise by how low it is, a range by how far outside.
        case
            when kpis.direction = 'higher' then -estimates.{{ figure }}
            when kpis.direction = 'lower' then estimates.{{ figure }}
            when estimates.{{ figure }} < targets.target_low then targets.target_low - estimates.{{ figure }}
            when estimates.{{ figure }} > targets.target_high then estimates.{{ figure }} - targets.target_high
            when estimates.{{ figure }} between targets.target_low and targets.target_high then 0
        end as badness_{{ when }},
        {% endfor -%}
        case
            when kpis.direction = 'higher' then -estimates.interval_high
            when kpis.direction = 'lower' then estimates.interval_low
            when estimates.interval_high < targets.target_low then targets.target_low - estimates.interval_high
            when estimates.interval_low > targets.target_high then estimates.interval_low - targets.target_high
            when estimates.interval_low is not null then 0
        end as badness_at_best
    from {{ ref('kpi_estimates') }} as estimates
    inner join kpis
        on estimates.kpi_id = kpis.kpi_id
    left join {{ ref('kpi_targets') }} as targets
        on {{ same_figure('estimates', 'targets') }}
    where estimates.problem_code is null
),

guarded as (
    select
        judged.kpi_id,
        judged.grain,
        judged.period_start,
        judged.through_day,
        {{ segment('judged') }},
        guardrails.guardrail_kpi_id,
        own.badness_now < own.badness_then as is_better
    from judged
    inner join {{ ref('stg_kompas__guardrails') }} as guardrails
        on judged.kpi_id = guardrails.kpi_id
    left join estimates as own
        on {{ same_figure('judged', 'own') }}
),

-- The guardrail's own verdict: of the same grain and period, else the judged one that overlaps and began last.
verdicts as (
    select
        {{ segment('guarded') }},
        guarded.kpi_id,
        guarded.grain,
        guarded.period_start,
        guarded.guardrail_kpi_id,
        judged.verdict_before_guardrail as verdict,
        row_number() over (
            partition by
                guarded.kpi_id, guarded.grain, guarded.period_start, {{ segment('guarded') }}, guarded.guardrail_kpi_id
            order by
                case when judged.grain = guarded.grain then 0 else 1 end,
                case when {{ same_segment('guarded', 'judged') }} then 0 else 1 end,
                judged.period_start desc,
                judged.period_end
        ) as nearest_first
    from guarded
    inner join judged
        on
            guarded.guardrail_kpi_id = judged.kpi_id
            and not judged.is_informational
            and (({{ same_segment('guarded', 'judged') }}) or ({{ is_everything('judged') }}))
            and (
                (guarded.grain = judged.grain and guarded.period_start = judged.period_start)
                or (
                    guarded.grain <> judged.grain
                    and judged.verdict_before_guardrail <> 'no_verdict'
                    and guarded.through_day >= judged.period_start
                    and guarded.period_start <= judged.through_day
                )
            )
),

-- How the guardrail moved over the same period: of the same segment where it has a figure, else of everything.
movements as (
    select
        {{ segment('guarded') }},
        guarded.kpi_id,
        guarded.grain,
        guarded.period_start,
        guarded.guardrail_kpi_id,
        guarded.is_better,
        moved.badness_now - moved.badness_then
        > moved.tolerance * case
            when moved.direction <> 'range' then abs(moved.previous_value)
            when moved.period_value < moved.target_low then abs(moved.target_low)
            else abs(moved.target_high)
        end
        -- Without an interval the figure itself; an open end can be anywhere, so that it cannot be told.
        and coalesce(moved.badness_at_best, case when moved.interval_low is null then moved.badness_now end)
        > moved.badness_then as is_worse,
        row_number() over (
            partition by
                guarded.kpi_id, guarded.grain, guarded.period_start, {{ segment('guarded') }}, guarded.guardrail_kpi_id
            order by case when {{ same_segment('guarded', 'moved') }} then 0 else 1 end
        ) as nearest_first
    from guarded
    inner join estimates as moved
        on
            guarded.guardrail_kpi_id = moved.kpi_id
            and guarded.grain = moved.grain
            and guarded.period_start = moved.period_start
            and (({{ same_segment('guarded', 'moved') }}) or ({{ is_everything('moved') }}))
    where moved.badness_now is not null and moved.badness_then is not null
),

states as (
    select
        guarded.kpi_id,
        guarded.grain,
        guarded.period_start,
        {{ segment('guarded') }},
        guarded.guardrail_kpi_id,
        case
            when verdicts.verdict = 'off_target' then 'guardrail_missed'
            when movements.is_worse and movements.is_better then 'guardrail_worse'
        end as broken_code,
        coalesce(verdicts.verdict, 'no_verdict') <> 'no_verdict' or movements.is_worse is not null as is_known
    from guarded
    {% for found in ['verdicts', 'movements'] -%}
    left join {{ found }}
        on
            {{ same_figure('guarded', found) }}
            and guarded.guardrail_kpi_id = {{ found }}.guardrail_kpi_id
            and {{ found }}.nearest_first = 1
    {% endfor %}
),

ranked as (
    select
        states.*,
        case
            when states.broken_code is not null then 'broken'
            when states.is_known then 'holds'
            else 'unknown'
        end as guardrail_state,
        row_number() over (
            partition by states.kpi_id, states.grain, states.period_start, {{ segment('states') }}
            order by
                case when states.broken_code is not null then 0 when states.is_known then 2 else 1 end,
                kpis.position
        ) as worst_first
    from states
    inner join kpis
        on states.guardrail_kpi_id = kpis.kpi_id
)

select
    ranked.kpi_id,
    ranked.grain,
    ranked.period_start,
    {{ segment('ranked') }},
    ranked.guardrail_state,
    ranked.guardrail_kpi_id,
    case night.reporting_language when 'nl' then reasons.nl else reasons.en end
    || ' ' || case night.reporting_language when 'nl' then kpis.name_nl else kpis.name_en end as guardrail_reason
from ranked
cross join {{ ref('stg_kompas__night') }} as night
inner join kpis
    on ranked.guardrail_kpi_id = kpis.kpi_id
left join {{ ref('reasons') }} as reasons
    on ranked.broken_code = reasons.code
where ranked.worst_first = 1
