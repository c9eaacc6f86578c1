{#- Joins the brand of each row's account. The rows of an account that left kompas.yaml stay, under `unassigned`:
    last year's revenue does not shrink because a shop was closed. -#}
{% macro join_accounts(rows_) -%}
    left join {{ ref('accounts') }} as accounts
        on {{ rows_ }}.platform = accounts.connector and {{ rows_ }}.account_id = accounts.account_id
{%- endmacro %}

{% macro brand() -%} coalesce(accounts.brand, 'unassigned') {%- endmacro %}
