{#- The segments by which a KPI can be judged. Each column is 'all' where it is not split. -#}
{% macro segment_columns() %}{{ return(['brand', 'country', 'channel', 'keyword']) }}{% endmacro %}

{#- The columns of a segment, of a table where one is named. -#}
{% macro segment(rows_=none) -%}
    {% for column in segment_columns() -%}
    {{ rows_ ~ '.' if rows_ }}{{ column }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Two tables of one segment. -#}
{% macro same_segment(one, other) -%}
    {% for column in segment_columns() -%}
    {{ one }}.{{ column }} = {{ other }}.{{ column }}
    {%- if not loop.last %} and {% endif %}
    {%- endfor %}
{%- endmacro %}

{#- Whether a row is of everything together. -#}
{% macro is_everything(rows_) -%}
    {% for column in segment_columns() -%}
    {{ rows_ }}.{{ column }} = 'all'{{ ' and ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
