-- Every staging table of WooCommerce has a row per key.
{{ config(meta=shown_on('stg_woocommerce__orders')) }}
{{ broken_keys_of({
    'stg_woocommerce__orders': ['account_id', 'order_id'],
    'stg_woocommerce__order_lines': ['account_id', 'order_id', 'line_id'],
    'stg_woocommerce__refunds': ['account_id', 'refund_id'],
    'stg_woocommerce__refund_lines': ['account_id', 'refund_line_id'],
    'stg_woocommerce__customers': ['account_id', 'customer_id'],
}) }}
