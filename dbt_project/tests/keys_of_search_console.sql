-- Every staging table of Search Console has a row per key.
{{ config(meta=shown_on('stg_search_console__site_day')) }}
{{ broken_keys_of({
    'stg_search_console__site_day': ['account_id', 'day'],
    'stg_search_console__query_day': ['account_id', 'day', 'keyword'],
}) }}
