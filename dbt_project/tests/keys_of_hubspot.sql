-- Every staging table of HubSpot has a row per key.
{{ config(meta=shown_on('stg_hubspot__deals')) }}
{{ broken_keys_of({
    'stg_hubspot__contacts': ['account_id', 'contact_id'],
    'stg_hubspot__deals': ['account_id', 'deal_id'],
    'stg_hubspot__marketing_emails': ['account_id', 'email_id'],
    'stg_hubspot__feedback_submissions': ['account_id', 'submission_id'],
}) }}
