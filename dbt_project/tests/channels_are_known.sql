-- Channels that dim_channel does not know. GA4 may get a new one, or a property its own. Its rows count, so this warns.
{{ config(severity='warn', meta=shown_on('kpi_measures')) }}
select
    measures.channel,
    count(*) as used
from {{ ref('kpi_measures') }} as measures
left join {{ ref('channels') }} as channels
    on measures.channel = channels.channel
where channels.channel is null
group by measures.channel
