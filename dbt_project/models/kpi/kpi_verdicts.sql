-- Every period of every KPI and segment that has a target: judged, or not, with the reason.
-- A period is judged by the target that was in force when it began, or that came into force first while it lasted.
with
kpis as (select * from {{ ref('stg_kompas__kpis') }}),

kpi_values as (select * from {{ ref('kpi_values') }}),

targets as (select * from {{ ref('stg_kompas__targets') }}),

pace as (select * from {{ ref('kpi_pace') }}),

own_grain as (
    -- What is shown without a target: the KPI's own grain, over everything.
    select
        kpi_id,
        grain
    from kpis
    where is_informational
),

targeted as (
    select
        kpi_values.*,
        targets.target as full_target,
        targets.low as full_low,
        targets.high as full_high,
        targets.valid_from as target_from,
        targets.source_text as target_text,
        row_number() over (
            partition by
                kpi_values.kpi_id, kpi_values.grain, kpi_values.period_start, kpi_values.brand, kpi_values.channel
            order by targets.valid_from
        ) as target_number
    from kpi_values
    left join targets
        on
            kpi_values.kpi_id = targets.kpi_id
            and kpi_values.grain = targets.grain
            and kpi_values.brand = targets.brand
            and kpi_values.channel = targets.channel
            and kpi_values.period_end >= targets.valid_from
            and kpi_values.period_start <= coalesce(targets.valid_to, kpi_values.period_end)
),

paced as (
    select
        targeted.*,
        kpis.position,
        kpis.name_nl,
        kpis.name_en,
        kpis.unit,
        kpis.direction,
        kpis.tolerance,
        kpis.is_informational,
        kpis.objective,
        kpis.owner,
        kpis.chosen_because,
        case
            when kpis.denominator is not null or targeted.period_state = 'complete' then cast(1 as double)
            else pace.share
        end as share
    from targeted
    inner join kpis
        on targeted.kpi_id = kpis.kpi_id
    left join own_grain
        on targeted.kpi_id = own_grain.kpi_id and targeted.grain = own_grain.grain
    left join pace
        on
            kpis.numerator = pace.measure
            and targeted.grain = pace.grain
            and targeted.period_start = pace.period_start
            and pace.brand = 'all'
    where
        targeted.target_number = 1
        and (
            targeted.full_target is not null
            or (own_grain.kpi_id is not null and targeted.brand = 'all' and targeted.channel = 'all')
        )
),

expected as (
    select
        *,
        full_target * share as expected_so_far,
        full_low * share as low_so_far,
        full_high * share as high_so_far,
        case
            when is_informational or full_target is null then 'no_target'
            when problem_code is not null then problem_code
            when immature_blocks then 'immature'
            when value is null then 'no_value'
            when days_elapsed < 0.2 * days_total then 'too_early'
            when sample < minimum_sample * share then 'too_few'
            when share is null then 'no_profile'
        end as reason_code
    from (
        select
            paced.*,
            settled_on > period_end and settled_on > night.run_day as immature_blocks
        from paced
        cross join {{ ref('stg_kompas__night') }} as night
    ) as settled
),

judged as (
    select
        *,
        case
            when reason_code is not null then 'no_verdict'
            when value >= coalesce(low_so_far, value) and value <= coalesce(high_so_far, value) then 'on_target'
            when
                value >= coalesce(low_so_far - abs(low_so_far) * tolerance, value)
                and value <= coalesce(high_so_far + abs(high_so_far) * tolerance, value)
                then 'at_risk'
            else 'off_target'
        end as verdict,
        case
            when value < low_so_far then value - low_so_far
            when value > high_so_far then value - high_so_far
            else value - expected_so_far
        end as gap
    from expected
),

reasons as (
    select
        reasons.code,
        case night.reporting_language when 'nl' then reasons.nl else reasons.en end as words
    from {{ ref('reasons') }} as reasons
    cross join {{ ref('stg_kompas__night') }} as night
)

select
    judged.kpi_id,
    judged.position,
    judged.name_nl,
    judged.name_en,
    judged.unit,
    judged.direction,
    judged.objective,
    judged.owner,
    judged.brand,
    judged.channel,
    judged.grain,
    judged.period_start,
    judged.period_end,
    judged.period_state,
    judged.through_day,
    judged.value as actual,
    judged.full_target as target,
    judged.full_low as target_low,
    judged.full_high as target_high,
    judged.target_from,
    judged.target_text,
    judged.expected_so_far,
    judged.gap,
    judged.numerator_value,
    judged.denominator_value,
    judged.sample,
    judged.settled_on,
    judged.verdict,
    judged.reason_code,
    reasons.words
    || case
        when judged.reason_code in ('missing', 'flagged', 'not_connected') then ': ' || judged.problem_detail
        when judged.reason_code = 'immature' then ' ' || cast(judged.settled_on as {{ dbt.type_string() }})
        when judged.reason_code = 'too_few'
            then ': ' || cast(cast(round(judged.sample) as bigint) as {{ dbt.type_string() }})
        else ''
    end as reason,
    row_number() over (
        partition by judged.kpi_id, judged.brand, judged.channel, judged.grain, judged.period_state
        order by judged.period_start desc
    ) = 1 as is_newest,
    judged.verdict <> 'no_verdict' and row_number() over (
        partition by judged.kpi_id, judged.brand, judged.channel, judged.grain
        order by case when judged.verdict = 'no_verdict' then 1 else 0 end, judged.period_start desc
    ) = 1 as is_newest_judged
from judged
left join reasons
    on judged.reason_code = reasons.code
