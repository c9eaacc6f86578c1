-- Mailings of all tools, on the day on which they were sent. Opens are those of people where the tool tells them apart.
-- HubSpot has automated e-mails too, which go out day after day: all that one did is no figure of one day.
{%- set sent_once = ['BATCH_EMAIL', 'AB_EMAIL', 'LOCALTIME_EMAIL', 'BLOG_EMAIL_CHILD', 'RSS_EMAIL_CHILD'] %}
with
platforms as (
    {{ union_platforms(
        columns=[
            'day', 'account_id', 'campaign_id', 'campaign_name',
            'delivered', 'unique_opens', 'has_machine_opens_excluded', 'unique_clicks', 'unsubscribed'
        ],
        platforms=[
            {
                'platform': 'mailchimp', 'model': 'stg_mailchimp__campaign_report',
                'delivered': 'emails_sent - hard_bounces - soft_bounces - syntax_errors',
                'unique_opens': 'coalesce(human_unique_opens, unique_opens)',
                'has_machine_opens_excluded': 'human_unique_opens is not null',
                'unique_clicks': 'unique_subscriber_clicks'
            },
            {
                'platform': 'klaviyo', 'model': 'stg_klaviyo__campaign_report',
                'campaign_id': 'message_id',
                'has_machine_opens_excluded': 'false'
            },
            {
                'platform': 'klaviyo', 'model': 'stg_klaviyo__flow_report',
                'campaign_id': 'message_id',
                'campaign_name': "flow_name || coalesce(': ' || message_name, '')",
                'has_machine_opens_excluded': 'false'
            },
            {
                'platform': 'brevo', 'model': 'stg_brevo__campaign_report',
                'unique_opens': 'coalesce(trackable_unique_opens, all_unique_opens)',
                'has_machine_opens_excluded': 'trackable_unique_opens is not null'
            },
            {
                'platform': 'hubspot', 'model': 'stg_hubspot__marketing_emails',
                'campaign_id': 'email_id', 'campaign_name': 'email_name',
                'unique_opens': 'opened', 'has_machine_opens_excluded': 'false', 'unique_clicks': 'clicked',
                'where': "email_type in ('" ~ sent_once | join("', '") ~ "')"
            },
            {
                'platform': 'files', 'model': 'stg_files__email_sends',
                'has_machine_opens_excluded': 'coalesce(machine_opens_excluded, false)'
            }
        ]
    ) }}
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
