-- Medians do not add up: they are taken over the leads of each period to date, of each segment and of all together.
-- Times the leads won, so that they are a measure over `leads_won`, which is their sample, like any other mean.
with
won as (
    select
        won_date,
        brand,
        country,
        lead_time_days
    from {{ ref('leads') }}
    where lead_time_days is not null
),

periods as (select * from {{ ref('periods') }}),

medians as (
    select
        periods.grain,
        periods.period_start,
        coalesce(won.brand, 'all') as brand,
        coalesce(won.country, 'all') as country,
        {{ percentile('won.lead_time_days', 0.5) }} as median_days,
        count(*) as leads_won
    from won
    inner join periods
        on won.won_date between periods.period_start and periods.through_day
    group by grouping sets (
        (periods.grain, periods.period_start),
        (periods.grain, periods.period_start, won.brand),
        (periods.grain, periods.period_start, won.country),
        (periods.grain, periods.period_start, won.brand, won.country)
    )
)

select
    grain,
    period_start,
    brand,
    country,
    'all' as channel,
    'all' as keyword,
    'lead_median_days' as measure,
    median_days * leads_won as value
from medians
