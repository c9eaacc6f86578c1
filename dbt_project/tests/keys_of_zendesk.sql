-- Every staging table of Zendesk has a row per key.
{{ config(meta=shown_on('stg_zendesk__satisfaction_ratings')) }}
{{ broken_keys_of({
    'stg_zendesk__satisfaction_ratings': ['account_id', 'response_id'],
    'stg_zendesk__survey_responses': ['account_id', 'response_id'],
}) }}
