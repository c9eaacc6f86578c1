-- Channels with the denominator, and campaigns on their own, add up to the gap of their verdict; so do their effects.
{{ config(meta=shown_on('kpi_contributions')) }}
with
contributions as (select * from {{ ref('kpi_contributions') }}),

explained as (select * from {{ ref('gap_references') }}),

sums as (
    select
        {{ gap_key() }},
        case level when 'campaign' then 'campaign' else 'channel' end as level,
        sum(contribution) as contribution,
        sum(mix_effect + rate_effect + numerator_effect + denominator_effect) as effects
    from contributions
    where level <> 'total'
    group by {{ gap_key() }}, case level when 'campaign' then 'campaign' else 'channel' end
)

select
    sums.*,
    explained.gap
from sums
left join explained
    on {{ same_gap('sums', 'explained') }}
where
    explained.gap is null
    or sums.contribution is null
    or sums.effects is null
    or abs(sums.contribution - explained.gap) > 1e-9 * (abs(explained.actual) + abs(explained.bound))
    or abs(sums.effects - explained.gap) > 1e-9 * (abs(explained.actual) + abs(explained.bound))
