{#- Some columns, of a table where one is named. -#}
{% macro listed_columns(columns, rows_=none) -%}
    {% for column in columns -%}
    {{ rows_ ~ '.' if rows_ }}{{ column }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Whether two tables agree in some columns. -#}
{% macro same_columns(columns, one, other) -%}
    {% for column in columns -%}
    {{ one }}.{{ column }} = {{ other }}.{{ column }}
    {%- if not loop.last %} and {% endif %}
    {%- endfor %}
{%- endmacro %}

{#- The segments by which a KPI can be judged. Each column is 'all' where it is not split. -#}
{% macro segment_columns() %}{{ return(['brand', 'country', 'channel', 'keyword']) }}{% endmacro %}
{% macro segment(rows_=none) -%} {{ listed_columns(segment_columns(), rows_) }} {%- endmacro %}
{% macro same_segment(one, other) -%} {{ same_columns(segment_columns(), one, other) }} {%- endmacro %}

{#- Whether a row is of everything together. -#}
{% macro is_everything(rows_) -%}
    {% for column in segment_columns() -%}
    {{ rows_ }}.{{ column }} = 'all'{{ ' and ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- A figure is of a KPI, a period and a segment. -#}
{% macro same_figure(one, other) -%}
    {{ same_columns(['kpi_id', 'grain', 'period_start'] + segment_columns(), one, other) }}
{%- endmacro %}

{#- A gap is explained for a KPI, period, brand and country, over all channels. -#}
{% macro gap_columns() %}{{ return(['kpi_id', 'grain', 'period_start', 'brand', 'country']) }}{% endmacro %}
{% macro gap_key(rows_=none) -%} {{ listed_columns(gap_columns(), rows_) }} {%- endmacro %}
{% macro same_gap(one, other) -%} {{ same_columns(gap_columns(), one, other) }} {%- endmacro %}
