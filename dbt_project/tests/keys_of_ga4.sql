-- Every staging table of Google Analytics has a row per key.
{{ config(meta=shown_on('stg_ga4__channel_day')) }}
{{ broken_keys_of({
    'stg_ga4__channel_day': ['account_id', 'day', 'channel', 'source_medium', 'campaign_name'],
    'stg_ga4__site_day': ['account_id', 'day'],
    'stg_ga4__site_users': ['account_id', 'through_day', 'grain'],
    'stg_ga4__key_event_day': ['account_id', 'day', 'event_name', 'channel'],
}) }}
