-- Every staging table of LinkedIn Pages has a row per key.
{{ config(meta=shown_on('stg_linkedin_pages__posts')) }}
{{ broken_keys_of({
    'stg_linkedin_pages__posts': ['account_id', 'post_id'],
    'stg_linkedin_pages__page_day': ['account_id', 'day'],
}) }}
