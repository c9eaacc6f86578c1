-- Every staging table of Shopify has a row per key.
{{ config(meta=shown_on('stg_shopify__orders')) }}
{{ broken_keys_of({
    'stg_shopify__orders': ['account_id', 'order_id'],
    'stg_shopify__order_lines': ['account_id', 'order_id', 'line_id'],
    'stg_shopify__refunds': ['account_id', 'refund_id'],
    'stg_shopify__customers': ['account_id', 'customer_id'],
}) }}
