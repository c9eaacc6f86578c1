-- Every staging table of files has a row per key. Sessions may come without a channel, places in search without a page.
{{ config(meta=shown_on('stg_files__orders')) }}
{{ broken_keys_of({
    'stg_files__orders': ['account_id', 'order_id'],
    'stg_files__order_lines': ['account_id', 'order_id', 'line_id'],
    'stg_files__refunds': ['account_id', 'refund_id'],
    'stg_files__customers': ['account_id', 'customer_id'],
    'stg_files__leads': ['account_id', 'lead_id'],
    'stg_files__survey_responses': ['account_id', 'response_id'],
    'stg_files__ad_performance': ['account_id', 'day', 'campaign_id'],
    'stg_files__email_sends': ['account_id', 'day', 'campaign_id'],
    'stg_files__sessions': ['account_id', 'day', 'source_channel'],
    'stg_files__social_posts': ['account_id', 'post_id'],
    'stg_files__search_rows': ['account_id', 'day', 'keyword', 'page', 'search_country'],
}, may_be_null=['source_channel', 'page', 'search_country']) }}
