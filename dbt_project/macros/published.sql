{#- A table of the published file, by schema and name alone: a view then reads the file that it stands in, whatever that
    is called or attached as. -#}
{% macro published(model) -%}{{ ref(model).include(database=false) }}{%- endmacro %}

{#- An amount in euros, as BI tools should see it; sums are in doubles until then. -#}
{% macro amount(value) -%} cast({{ value }} as decimal(18, 6)) {%- endmacro %}

{#- The exact sum of decimals; NULL when one of them is. -#}
{% macro whole_amount(value) -%}
    case when count(*) = count({{ value }}) then {{ amount('sum(' ~ value ~ ')') }} end
{%- endmacro %}
