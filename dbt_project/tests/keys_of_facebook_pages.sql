-- Every staging table of Facebook Pages has a row per key.
{{ config(meta=shown_on('stg_facebook_pages__posts')) }}
{{ broken_keys_of({
    'stg_facebook_pages__posts': ['account_id', 'post_id'],
    'stg_facebook_pages__page_day': ['account_id', 'day'],
}) }}
