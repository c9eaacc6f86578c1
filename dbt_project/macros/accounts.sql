{#- Joins the brand of each row's account. The rows of an account that left kompas.yaml stay, under `unassigned`:
    last year's revenue does not shrink because a shop was closed. -#}
{% macro join_accounts(rows_) -%}
    left join {{ ref('accounts') }} as accounts
        on {{ rows_ }}.platform = accounts.connector and {{ rows_ }}.account_id = accounts.account_id
{%- endmacro %}

{% macro brand() -%} coalesce(accounts.brand, 'unassigned') {%- endmacro %}

{#- The market of the account, behind join_accounts: a setting, as not every platform tells where a person was. -#}
{% macro country() -%} coalesce(accounts.country, 'unassigned') {%- endmacro %}

{#- Joins `orders`, behind join_accounts. In `files` an account is one mapping, so a shop's orders, lines and refunds
    stand under three accounts: its brand is what holds them together. Shops with the same order numbers are therefore
    brands of their own. -#}
{% macro join_orders(rows_, kind='inner') -%}
    {{ kind }} join orders
        on
            {{ rows_ }}.platform = orders.platform
            and case when {{ rows_ }}.platform = 'files' then {{ brand() }} else {{ rows_ }}.account_id end
            = case when orders.platform = 'files' then orders.brand else orders.account_id end
            and {{ rows_ }}.order_id = orders.order_id
{%- endmacro %}
