-- The campaigns of a channel add up to the channel, on every day and in every measure that tells campaigns.
{{ config(meta=shown_on('kpi_campaign_measures')) }}
with
campaigns as (
    select
        day,
        brand,
        country,
        channel,
        measure,
        {{ whole_sum('value') }} as value
    from {{ ref('kpi_campaign_measures') }}
    group by day, brand, country, channel, measure
),

channels as (
    select *
    from {{ ref('kpi_measures') }}
    where measure in (select campaigns.measure from campaigns)
)

select
    coalesce(campaigns.day, channels.day) as day,
    coalesce(campaigns.brand, channels.brand) as brand,
    coalesce(campaigns.country, channels.country) as country,
    coalesce(campaigns.channel, channels.channel) as channel,
    coalesce(campaigns.measure, channels.measure) as measure,
    campaigns.value as sum_of_campaigns,
    channels.value as value_of_channel
from campaigns
full outer join channels
    on
        campaigns.day = channels.day
        and campaigns.brand = channels.brand
        and campaigns.country = channels.country
        and campaigns.channel = channels.channel
        and campaigns.measure = channels.measure
where
    campaigns.measure is null
    or channels.measure is null
    or (campaigns.value is null) <> (channels.value is null)
    or abs(campaigns.value - channels.value) > 1e-9 * greatest(abs(channels.value), 1)
