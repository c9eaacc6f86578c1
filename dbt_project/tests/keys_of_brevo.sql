-- Every staging table of Brevo has a row per key.
{{ config(meta=shown_on('stg_brevo__campaign_report')) }}
{{ broken_keys_of({
    'stg_brevo__campaign_report': ['account_id', 'campaign_id'],
    'stg_brevo__transactional_day': ['account_id', 'day'],
}) }}
