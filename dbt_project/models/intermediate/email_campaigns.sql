-- Mailings of all tools, on the day on which they were sent. Opens are those of people where the tool tells them apart.
with
mailchimp as (select * from {{ ref('stg_mailchimp__campaign_report') }}),

files as (select * from {{ ref('stg_files__email_sends') }}),

platforms as (
    select
        'mailchimp' as platform, day, account_id, campaign_id, campaign_name,
        emails_sent - hard_bounces - soft_bounces - syntax_errors as delivered,
        coalesce(human_unique_opens, unique_opens) as unique_opens,
        human_unique_opens is not null as has_machine_opens_excluded,
        unique_subscriber_clicks as unique_clicks,
        unsubscribed
    from mailchimp
    union all
    select
        'files' as platform, day, account_id, campaign_id, campaign_name,
        delivered,
        unique_opens,
        coalesce(machine_opens_excluded, false) as has_machine_opens_excluded,
        unique_clicks,
        unsubscribed
    from files
)

select
    platforms.day,
    platforms.platform,
    platforms.account_id,
    {{ brand() }} as brand,
    {{ country() }} as country,
    'Email' as channel,
    platforms.campaign_id,
    platforms.campaign_name,
    platforms.delivered,
    platforms.unique_opens,
    platforms.has_machine_opens_excluded,
    platforms.unique_clicks,
    platforms.unsubscribed
from platforms
{{ join_accounts('platforms') }}
