-- Every KPI by period and segment: numerator over denominator, and whether the data behind it is whole.
{% set parts = {'tops': 'numerator', 'bottoms': 'denominator', 'squared': 'squares', 'counted': 'events'} -%}
with
kpis as (select * from {{ ref('stg_kompas__kpis') }}),

periods as (select * from {{ ref('periods') }}),

measures as (select * from {{ ref('kpi_period_measures') }}),

quality as (select * from {{ ref('measure_quality') }}),

settling as (select * from {{ ref('measure_settling') }}),

targets as (
    select distinct
        kpi_id,
        {{ segment() }}
    from {{ ref('stg_kompas__targets') }}
),

segments as (
    select
        brand,
        'all' as country,
        'all' as channel,
        'all' as keyword
    from quality
    union
    select {{ segment() }}
    from measures
    union
    select {{ segment() }}
    from targets
),

frame as (
    select
        kpis.kpi_id,
        kpis.numerator,
        kpis.denominator,
        kpis.squares,
        kpis.events,
        kpis.scale,
        kpis.minimum_sample,
        kpis.immature_days,
        periods.*,
        {{ segment('segments') }}
    from kpis
    cross join periods
    cross join segments
),

parts as (
    select
        frame.*,
        tops.value as numerator_value,
        tops.measure is not null as has_numerator,
        bottoms.value as denominator_value,
        squared.value as squares_value,
        counted.value as events_value,
        greatest(
            coalesce(top_settling.settled_after_days, 0),
            coalesce(bottom_settling.settled_after_days, 0),
            coalesce(frame.immature_days, 0)
        ) as final_after_days,
        case
            when top_quality.feeds is null or (frame.denominator is not null and bottom_quality.feeds is null)
                then 'not_connected'
            {% for problem in problems() if problem != 'unfinished' -%}
            -- The worse of the two.
            when '{{ problem }}' in (top_quality.problem_code, bottom_quality.problem_code) then '{{ problem }}'
            {% endfor -%}
            -- A ratio of a period in progress is told by the days so far: where both of its parts lack the same ones.
            when
                frame.period_state = 'in_progress'
                and 'unfinished' = top_quality.problem_code
                and top_quality.problem_detail = bottom_quality.problem_detail
                then null
            when 'unfinished' in (top_quality.problem_code, bottom_quality.problem_code) then 'unfinished'
            when
                (frame.numerator = 'visitors' and tops.measure is null and top_quality.feeds > 1)
                or (frame.denominator = 'visitors' and bottoms.measure is null and bottom_quality.feeds > 1)
                then 'not_additive'
            -- Whole data of which a model has no figure.
            else coalesce(top_quality.problem_code, bottom_quality.problem_code)
        end as problem_code,
        case
            when top_quality.feeds is null then frame.numerator
            when frame.denominator is not null and bottom_quality.feeds is null then frame.denominator
            {% for problem in problems() -%}
            when top_quality.problem_code = '{{ problem }}' then top_quality.problem_detail
            when bottom_quality.problem_code = '{{ problem }}' then bottom_quality.problem_detail
            {% endfor -%}
        end as problem_detail
    from frame
    {% for part, measure in parts.items() -%}
    left join measures as {{ part }}
        on
            frame.{{ measure }} = {{ part }}.measure
            and frame.grain = {{ part }}.grain
            and frame.period_start = {{ part }}.period_start
            and {{ same_segment('frame', part) }}
    {% endfor -%}
    {% for part, measure in {'top_quality': 'numerator', 'bottom_quality': 'denominator'}.items() -%}
    left join quality as {{ part }}
        on
            frame.{{ measure }} = {{ part }}.measure
            and frame.grain = {{ part }}.grain
            and frame.period_start = {{ part }}.period_start
            and frame.brand = {{ part }}.brand
            and frame.country = {{ part }}.country
    {% endfor -%}
    {% for part, measure in {'top_settling': 'numerator', 'bottom_settling': 'denominator'}.items() -%}
    left join settling as {{ part }}
        on frame.{{ measure }} = {{ part }}.measure and frame.brand = {{ part }}.brand
    {% endfor -%}
    left join targets
        on frame.kpi_id = targets.kpi_id and {{ same_segment('frame', 'targets') }}
    -- A segment that a KPI knows nothing of is no row; everything together is one, and so is what has a target.
    where
        (frame.country = 'all' and frame.channel = 'all' and frame.keyword = 'all')
        or tops.measure is not null
        or targets.kpi_id is not null
),

filled as (
    select
        *,
        -- All days are in and there was nothing: that is zero. A unique count is told by the platform, or unknown.
        case
            when has_numerator or problem_code is not null or numerator = 'visitors' then numerator_value
            else cast(0 as double)
        end as numerator_filled
    from parts
)

select
    kpi_id,
    grain,
    period_start,
    period_end,
    through_day,
    period_state,
    days_total,
    days_elapsed,
    {{ segment() }},
    numerator_filled as numerator_value,
    denominator_value,
    squares_value,
    events_value,
    case
        when denominator is null then numerator_filled * scale
        else {{ ratio('numerator_filled', 'denominator_value') }} * scale
    end as value,
    case when denominator is null then numerator_filled else denominator_value end as sample,
    minimum_sample,
    {{ add_days('period_end', 'immature_days') }} as settled_on,
    {{ add_days('period_end', 'final_after_days') }} as final_on,
    problem_code,
    problem_detail
from filled
