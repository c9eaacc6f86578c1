-- What each channel and campaign adds to the gap of a verdict. docs/explain.md has the algebra: per segment
--   contribution = part of the figure − part of the bound − (weight − reference weight) × bound,
-- where the bound is parted as the reference period's numerator was. Weights add up to one, so contributions add up to
-- the gap, and a channel's is the sum of its campaigns'.
-- noqa: disable=LT02
with
explained as (select * from {{ ref('gap_references') }}),

kpis as (select * from {{ ref('stg_kompas__kpis') }}),

channel_measures as (
    select *
    from {{ ref('kpi_period_measures') }}
    where channel <> 'all' and keyword = 'all' and is_additive
),

campaign_days as (select * from {{ ref('kpi_campaign_measures') }}),

splittable as (
    select
        measure,
        'channel' as level
    from channel_measures
    union
    select
        measure,
        'campaign' as level
    from campaign_days
),

-- A KPI is split as far as its numerator is; where the denominator is not (visitors), its effect is a row of its own.
splits as (
    select
        explained.*,
        tops.level,
        kpis.numerator,
        kpis.denominator,
        kpis.scale,
        kpis.denominator is not null as is_ratio,
        bottoms.measure is not null as is_denominator_split
    from explained
    inner join kpis
        on explained.kpi_id = kpis.kpi_id
    inner join splittable as tops
        on kpis.numerator = tops.measure
    left join splittable as bottoms
        on kpis.denominator = bottoms.measure and tops.level = bottoms.level
    where
        explained.reference_start is not null
        and (tops.level = 'channel' or kpis.denominator is null or bottoms.measure is not null)
),

-- The four sums that a split needs: numerator and denominator, of the period and of its reference.
needed as (
    {% for name, start, measure in [
        ('numerator', 'period_start', 'numerator'),
        ('denominator', 'period_start', 'denominator'),
        ('reference_numerator', 'reference_start', 'numerator'),
        ('reference_denominator', 'reference_start', 'denominator'),
    ] -%}
    select
        {{ gap_key() }},
        level,
        '{{ name }}' as part,
        {{ start }} as measured_start,
        {{ measure }} as measure
    from splits
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

campaigns_needed as (
    select distinct
        grain,
        measured_start,
        brand,
        country,
        measure
    from needed
    where level = 'campaign'
),

campaign_measures as (
    select
        campaigns_needed.grain,
        campaigns_needed.measured_start as period_start,
        campaigns_needed.brand,
        campaigns_needed.country,
        campaign_days.channel,
        campaign_days.campaign_id,
        max(campaign_days.campaign_name) as campaign_name,
        campaign_days.measure,
        {{ whole_sum('campaign_days.value') }} as value
    from campaigns_needed
    inner join {{ ref('calendar') }} as calendar
        on campaigns_needed.grain = calendar.grain and campaigns_needed.measured_start = calendar.period_start
    inner join campaign_days
        on
            calendar.day = campaign_days.day
            and campaigns_needed.measure = campaign_days.measure
            and campaigns_needed.brand in ('all', campaign_days.brand)
            and campaigns_needed.country in ('all', campaign_days.country)
    group by
        campaigns_needed.grain, campaigns_needed.measured_start, campaigns_needed.brand, campaigns_needed.country,
        campaign_days.channel, campaign_days.campaign_id, campaign_days.measure
),

segment_measures as (
    select
        'channel' as level,
        grain,
        period_start,
        brand,
        country,
        channel,
        'all' as campaign_id,
        cast(null as {{ dbt.type_string() }}) as campaign_name,
        measure,
        value
    from channel_measures
    union all
    select
        'campaign' as level,
        grain,
        period_start,
        brand,
        country,
        channel,
        campaign_id,
        campaign_name,
        measure,
        value
    from campaign_measures
),

segments as (
    select
        {{ gap_key('needed') }},
        needed.level,
        segment_measures.channel,
        segment_measures.campaign_id,
        max(segment_measures.campaign_name) as campaign_name
        {%- for part in ['numerator', 'denominator', 'reference_numerator', 'reference_denominator'] %},
        coalesce(max(case when needed.part = '{{ part }}' then segment_measures.value end), 0) as segment_{{ part }}
        {%- endfor %}
    from needed
    inner join segment_measures
        on
            needed.level = segment_measures.level
            and needed.grain = segment_measures.grain
            and needed.measured_start = segment_measures.period_start
            and needed.brand = segment_measures.brand
            and needed.country = segment_measures.country
            and needed.measure = segment_measures.measure
    group by
        {{ gap_key('needed') }}, needed.level,
        segment_measures.channel, segment_measures.campaign_id
),

-- `part_of_figure` is what the segment's numerator makes of the figure, `part_of_bound` what its reference would make
-- of one that meets the bound. Where visitors are not split, both periods' visitors count in proportion to their days.
shares as (
    select
        splits.*,
        segments.channel,
        segments.campaign_id,
        segments.campaign_name,
        segments.segment_numerator,
        segments.segment_denominator,
        segments.segment_reference_numerator,
        segments.segment_reference_denominator,
        segments.segment_numerator * splits.scale
        / case when splits.is_ratio then splits.denominator_value else 1 end as part_of_figure,
        segments.segment_reference_numerator / splits.reference_numerator * splits.bound
        * case
            when splits.is_ratio and not splits.is_denominator_split
                then splits.denominator_ratio
            else 1
        end as part_of_bound,
        case
            when splits.is_denominator_split then segments.segment_denominator / splits.denominator_value
        end as weight,
        case
            when splits.is_denominator_split
                then segments.segment_reference_denominator / splits.reference_denominator
        end as reference_weight
    from splits
    inner join segments
        on {{ same_gap('splits', 'segments') }}
            and splits.level = segments.level
),

-- A segment with denominators in both periods has a mix and a rate effect. One that is new or gone is mix: it has no
-- rate to compare. A numerator without a denominator (spend that brought no customer) is an effect of its own.
effects as (
    select
        *,
        case
            when weight is null then cast(0 as double)
            when reference_weight <> 0 then (weight - reference_weight) * (part_of_bound / reference_weight - bound)
            when weight <> 0 then part_of_figure - weight * bound
            else cast(0 as double)
        end as mix_effect,
        case
            when weight <> 0 and reference_weight <> 0
                then part_of_figure - weight * part_of_bound / reference_weight
            else cast(0 as double)
        end as rate_effect,
        case when coalesce(weight, 0) = 0 then part_of_figure else cast(0 as double) end
        - case when coalesce(reference_weight, 0) = 0 then part_of_bound else cast(0 as double) end as numerator_effect
    from shares
)

select
    {{ gap_key() }},
    level,
    channel,
    campaign_id,
    campaign_name,
    segment_numerator as numerator_value,
    case when is_denominator_split then segment_denominator end as denominator_value,
    segment_reference_numerator as reference_numerator,
    case when is_denominator_split then segment_reference_denominator end as reference_denominator,
    is_ratio and not is_denominator_split as has_whole_denominator,
    mix_effect,
    rate_effect,
    numerator_effect,
    mix_effect + rate_effect + numerator_effect as contribution
from effects
