-- What adds up to the gap of a verdict: by channel, with the denominator where it cannot be split (visitors), and by
-- campaign where all measures of the KPI tell campaigns. The total is the gap itself, taken from the verdict.
with
explained as (select * from {{ ref('gap_references') }}),

ranked as (
    select
        *,
        row_number() over (
            partition by {{ gap_key() }}, level
            order by abs(contribution) desc, channel asc, campaign_id asc
        ) as place
    from {{ ref('gap_effects') }}
),

-- Twenty campaigns are more than anyone reads; the others of their channel are one row, so that all still adds up.
named as (
    select
        *,
        case when level = 'channel' or place <= 20 then campaign_id else 'other' end as named_campaign
    from ranked
),

segments as (
    select
        {{ gap_key() }},
        level,
        channel,
        named_campaign as campaign_id,
        case when named_campaign <> 'other' then max(campaign_name) end as campaign_name,
        count(*) as segments,
        cast(sum(numerator_value) as double) as numerator_value,
        cast(sum(denominator_value) as double) as denominator_value,
        cast(sum(reference_numerator) as double) as reference_numerator,
        cast(sum(reference_denominator) as double) as reference_denominator,
        cast(sum(mix_effect) as double) as mix_effect,
        cast(sum(rate_effect) as double) as rate_effect,
        cast(sum(numerator_effect) as double) as numerator_effect,
        cast(0 as double) as denominator_effect,
        cast(sum(contribution) as double) as contribution
    from named
    group by {{ gap_key() }}, level, channel, named_campaign
),

whole_denominators as (
    select distinct
        {{ gap_key() }}
    from {{ ref('gap_effects') }}
    where has_whole_denominator
),

denominators as (
    select
        {{ gap_key('explained') }},
        'denominator' as level,
        'all' as channel,
        'all' as campaign_id,
        cast(null as {{ dbt.type_string() }}) as campaign_name,
        cast(1 as bigint) as segments,
        cast(null as double) as numerator_value,
        explained.denominator_value,
        cast(null as double) as reference_numerator,
        explained.reference_denominator,
        cast(0 as double) as mix_effect,
        cast(0 as double) as rate_effect,
        cast(0 as double) as numerator_effect,
        explained.bound * (explained.denominator_ratio - 1) as denominator_effect,
        explained.bound * (explained.denominator_ratio - 1) as contribution
    from explained
    inner join whole_denominators
        on {{ same_gap('explained', 'whole_denominators') }}
),

parts as (
    select * from segments
    union all
    select * from denominators
),

sums as (
    select
        {{ gap_key() }},
        cast(sum(mix_effect) as double) as mix_effect,
        cast(sum(rate_effect) as double) as rate_effect,
        cast(sum(numerator_effect) as double) as numerator_effect,
        cast(sum(denominator_effect) as double) as denominator_effect
    from parts
    where level <> 'campaign'
    group by {{ gap_key() }}
),

totals as (
    select
        {{ gap_key('explained') }},
        'total' as level,
        'all' as channel,
        'all' as campaign_id,
        cast(null as {{ dbt.type_string() }}) as campaign_name,
        cast(1 as bigint) as segments,
        explained.numerator_value,
        explained.denominator_value,
        explained.reference_numerator,
        explained.reference_denominator,
        sums.mix_effect,
        sums.rate_effect,
        sums.numerator_effect,
        sums.denominator_effect,
        explained.gap as contribution
    from explained
    left join sums
        on {{ same_gap('explained', 'sums') }}
),

together as (
    select * from totals
    union all
    select * from parts
)

select
    together.kpi_id,
    together.brand,
    together.country,
    together.grain,
    together.period_start,
    together.level,
    together.channel,
    together.campaign_id,
    together.campaign_name,
    together.segments,
    explained.reference,
    explained.reference_start,
    together.numerator_value,
    together.denominator_value,
    together.reference_numerator,
    together.reference_denominator,
    together.mix_effect,
    together.rate_effect,
    together.numerator_effect,
    together.denominator_effect,
    together.contribution
from together
inner join explained
    on {{ same_gap('together', 'explained') }}
