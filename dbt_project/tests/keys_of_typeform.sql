-- Every staging table of Typeform has a row per key.
{{ config(meta=shown_on('stg_typeform__responses')) }}
{{ broken_keys_of({
    'stg_typeform__responses': ['account_id', 'response_id'],
}) }}
