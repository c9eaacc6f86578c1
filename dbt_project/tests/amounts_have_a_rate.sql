-- Amounts of days of the calendar that cannot be converted, by currency and day. They are NULL in EUR, and with them
-- the KPIs that they belong to (no_verdict: no_value); the other KPIs go on, so this warns.
{{ config(severity='warn', meta=shown_on('exchange_rates')) }}
with
amounts as (
    select 'ad_performance' as model, platform, account_id, currency, day, rate, spend as amount
    from {{ ref('ad_performance') }}
    union all
    select 'orders' as model, platform, account_id, currency, order_date as day, rate, total_amount as amount
    from {{ ref('orders') }}
    union all
    select 'refunds' as model, platform, account_id, currency, refund_date as day, rate, amount
    from {{ ref('refunds') }}
    union all
    select 'web_sessions' as model, platform, account_id, currency, day, rate, purchase_revenue as amount
    from {{ ref('web_sessions') }}
),

calendar as (select day from {{ ref('calendar') }} where grain = 'day')

select
    amounts.currency,
    amounts.day,
    amounts.model,
    amounts.platform,
    amounts.account_id,
    count(*) as amounts,
    sum(amounts.amount) as amount
from amounts
inner join calendar
    on amounts.day = calendar.day
where amounts.amount is not null and amounts.rate is null
group by amounts.currency, amounts.day, amounts.model, amounts.platform, amounts.account_id
