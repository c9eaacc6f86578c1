-- Lines of WooCommerce with the units of them that came back, which stand with the refunds. A refund of money alone
-- brings nothing back.
with
returned as (
    select
        account_id,
        line_id,
        sum(quantity) as quantity
    from {{ ref('stg_woocommerce__refund_lines') }}
    where line_id is not null
    group by account_id, line_id
)

select
    lines.account_id,
    lines.order_id,
    lines.line_id,
    lines.sku,
    lines.title,
    lines.quantity,
    cast(coalesce(returned.quantity, 0) as bigint) as returned_quantity
from {{ ref('stg_woocommerce__order_lines') }} as lines
left join returned
    on lines.account_id = returned.account_id and lines.line_id = returned.line_id
