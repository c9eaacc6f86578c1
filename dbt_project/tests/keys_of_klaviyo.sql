-- Every staging table of Klaviyo has a row per key.
{{ config(meta=shown_on('stg_klaviyo__campaign_report')) }}
{{ broken_keys_of({
    'stg_klaviyo__campaign_report': ['account_id', 'campaign_id', 'message_id'],
    'stg_klaviyo__flow_report': ['account_id', 'flow_id', 'message_id', 'day'],
}) }}
