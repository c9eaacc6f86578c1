-- Every staging table of Google Ads has a row per key.
{{ config(meta=shown_on('stg_google_ads__campaign_day')) }}
{{ broken_keys_of({
    'stg_google_ads__campaign_day': ['account_id', 'day', 'campaign_id'],
    'stg_google_ads__conversion_action_day': ['account_id', 'day', 'campaign_id', 'conversion_action'],
}) }}
