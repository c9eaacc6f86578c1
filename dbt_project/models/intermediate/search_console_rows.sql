-- Terms of Search Console, and a row without a term for all that it does not tell by term: so the rows of a day add up
-- to its totals. Terms of a day whose totals are not in wait for these.
with
totals as (
    select
        *,
        average_position * impressions as weighted_position
    from {{ ref('stg_search_console__site_day') }}
),

terms as (
    select
        terms.*,
        terms.average_position * terms.impressions as weighted_position
    from {{ ref('stg_search_console__query_day') }} as terms
    inner join totals
        on terms.account_id = totals.account_id and terms.day = totals.day
),

named as (
    select
        account_id,
        day,
        sum(clicks) as clicks,
        sum(impressions) as impressions,
        sum(weighted_position) as weighted_position
    from terms
    group by account_id, day
),

unnamed as (
    select
        totals.day,
        totals.account_id,
        totals.clicks - coalesce(named.clicks, 0) as clicks,
        totals.impressions - coalesce(named.impressions, 0) as impressions,
        totals.weighted_position - coalesce(named.weighted_position, 0) as weighted_position
    from totals
    left join named
        on totals.account_id = named.account_id and totals.day = named.day
)

select
    day,
    account_id,
    keyword,
    cast(clicks as bigint) as clicks,
    cast(impressions as bigint) as impressions,
    average_position,
    weighted_position
from terms
union all
select
    day,
    account_id,
    {{ unknown() }} as keyword,
    cast(clicks as bigint) as clicks,
    cast(impressions as bigint) as impressions,
    {{ ratio('weighted_position', 'impressions') }} as average_position,
    weighted_position
from unnamed
