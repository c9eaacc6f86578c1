-- The accounting identity, in every period and segment; unknown when one of its two sides is.
{{ config(meta=shown_on('kpi_period_measures')) }}
with
sides as (
    select
        grain,
        period_start,
        {{ segment() }},
        max(case when measure = 'order_revenue' then value end) as order_revenue,
        max(case when measure = 'refund_amount' then value end) as refund_amount,
        max(case when measure = 'net_revenue' then value end) as net_revenue,
        max(case when measure <> 'net_revenue' and value is null then 1 else 0 end) = 1 as is_unknown
    from {{ ref('kpi_period_measures') }}
    where measure in ('order_revenue', 'refund_amount', 'net_revenue')
    group by grain, period_start, {{ segment() }}
)

select
    grain,
    period_start,
    {{ segment() }},
    order_revenue,
    refund_amount,
    net_revenue
from sides
where
    (net_revenue is null) <> is_unknown
    or abs(net_revenue - (coalesce(order_revenue, 0) - coalesce(refund_amount, 0)))
    > 1e-9 * greatest(abs(net_revenue), 1)
