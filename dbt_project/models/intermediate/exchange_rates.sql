-- The reporting currency's worth of one unit of each currency, for every day: the day's reference rate, else the last
-- one before it. The ECB sets none on weekends and holidays; a gap of more than ten days is no holiday, and stays NULL.
with
rates as (
    select
        day as rate_day,
        currency,
        units_per_eur,
        lead(day) over (partition by currency order by day) as next_rate_day
    from {{ ref('stg_ecb__daily_rate') }}
    where units_per_eur > 0
),

days as (select day from {{ ref('calendar') }} where grain = 'day')

select
    days.day,
    rates.currency,
    rates.rate_day,
    1 / cast(rates.units_per_eur as double) as rate
from days
inner join rates
    on
        days.day >= rates.rate_day
        and (days.day < rates.next_rate_day or rates.next_rate_day is null)
where {{ days_between('rates.rate_day', 'days.day') }} <= 10
