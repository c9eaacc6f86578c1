-- Every staging table of Instagram has a row per key.
{{ config(meta=shown_on('stg_instagram__posts')) }}
{{ broken_keys_of({
    'stg_instagram__posts': ['account_id', 'post_id'],
    'stg_instagram__account_day': ['account_id', 'day'],
}) }}
