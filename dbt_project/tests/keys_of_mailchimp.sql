-- Every staging table of Mailchimp has a row per key.
{{ config(meta=shown_on('stg_mailchimp__campaign_report')) }}
{{ broken_keys_of({
    'stg_mailchimp__campaign_report': ['account_id', 'campaign_id'],
    'stg_mailchimp__list_activity': ['account_id', 'list_id', 'day'],
}) }}
