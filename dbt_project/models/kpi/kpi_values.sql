-- Every KPI by period and segment: numerator over denominator, and whether the data behind it is whole.
with
kpis as (select * from {{ ref('stg_kompas__kpis') }}),

periods as (select * from {{ ref('periods') }}),

measures as (select * from {{ ref('kpi_period_measures') }}),

quality as (select * from {{ ref('measure_quality') }} where country = 'all'),

targets as (
    select distinct
        kpi_id,
        brand,
        channel
    from {{ ref('stg_kompas__targets') }}
),

segments as (
    select distinct
        brand,
        'all' as channel
    from quality
    union all
    select distinct
        brand,
        channel
    from measures
    where channel <> 'all'
    union
    select
        brand,
        channel
    from targets
),

frame as (
    select
        kpis.kpi_id,
        kpis.numerator,
        kpis.denominator,
        kpis.scale,
        kpis.minimum_sample,
        kpis.immature_days,
        periods.*,
        segments.brand,
        segments.channel
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
        top_quality.feeds as numerator_feeds,
        bottom_quality.feeds as denominator_feeds,
        case
            when top_quality.feeds is null or (frame.denominator is not null and bottom_quality.feeds is null)
                then 'not_connected'
            when 'missing' in (top_quality.problem_code, coalesce(bottom_quality.problem_code, '')) then 'missing'
            when
                (frame.numerator = 'visitors' and tops.measure is null and top_quality.feeds > 1)
                or (frame.denominator = 'visitors' and bottoms.measure is null and bottom_quality.feeds > 1)
                then 'not_additive'
            else coalesce(top_quality.problem_code, bottom_quality.problem_code)
        end as problem_code,
        case
            when top_quality.feeds is null then frame.numerator
            when frame.denominator is not null and bottom_quality.feeds is null then frame.denominator
            when bottom_quality.problem_code = 'missing' and coalesce(top_quality.problem_code, '') <> 'missing'
                then bottom_quality.problem_detail
            else coalesce(top_quality.problem_detail, bottom_quality.problem_detail)
        end as problem_detail
    from frame
    left join measures as tops
        on
            frame.numerator = tops.measure
            and frame.grain = tops.grain
            and frame.period_start = tops.period_start
            and frame.brand = tops.brand
            and frame.channel = tops.channel
    left join measures as bottoms
        on
            frame.denominator = bottoms.measure
            and frame.grain = bottoms.grain
            and frame.period_start = bottoms.period_start
            and frame.brand = bottoms.brand
            and frame.channel = bottoms.channel
    left join quality as top_quality
        on
            frame.numerator = top_quality.measure
            and frame.grain = top_quality.grain
            and frame.period_start = top_quality.period_start
            and frame.brand = top_quality.brand
    left join quality as bottom_quality
        on
            frame.denominator = bottom_quality.measure
            and frame.grain = bottom_quality.grain
            and frame.period_start = bottom_quality.period_start
            and frame.brand = bottom_quality.brand
    left join targets
        on
            frame.kpi_id = targets.kpi_id
            and frame.brand = targets.brand
            and frame.channel = targets.channel
    -- A channel that a KPI knows nothing of is no row; everything together is one, and so is what has a target.
    where frame.channel = 'all' or tops.measure is not null or targets.kpi_id is not null
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
    brand,
    channel,
    numerator_filled as numerator_value,
    denominator_value,
    case
        when denominator is null then numerator_filled * scale
        else {{ ratio('numerator_filled', 'denominator_value') }} * scale
    end as value,
    case when denominator is null then numerator_filled else denominator_value end as sample,
    minimum_sample,
    {{ add_days('period_end', 'immature_days') }} as settled_on,
    problem_code,
    problem_detail
from filled
