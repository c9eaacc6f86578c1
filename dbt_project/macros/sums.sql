{#- A sum that is NULL when one of its parts is: unknown is never zero. -#}
{% macro whole_sum(value) -%}
    case when count(*) = count({{ value }}) then cast(sum({{ value }}) as double) end
{%- endmacro %}

{#- A measure of a long table as a column of a wide one: its sum in the group; NULL when a part is not known, or none is
    there. -#}
{% macro sum_of_measure(measure) -%}
    case
        when
            count(case when measure = '{{ measure }}' then 1 end)
            = count(case when measure = '{{ measure }}' then value end)
            then sum(case when measure = '{{ measure }}' then value end)
    end
{%- endmacro %}

{#- One figure on every engine: in doubles, and NULL where there is nothing to divide by. -#}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}

{#- Distinct texts of a group in order, with commas. -#}
{% macro listed(value) -%}{{ return(adapter.dispatch('listed')(value)) }}{%- endmacro %}
{% macro default__listed(value) -%} string_agg(distinct {{ value }}, ', ' order by {{ value }}) {%- endmacro %}
{% macro spark__listed(value) -%} array_join(array_sort(collect_set({{ value }})), ', ') {%- endmacro %}

{#- Whether a text holds a regular expression. -#}
{% macro matches(value, pattern) -%}{{ return(adapter.dispatch('matches')(value, pattern)) }}{%- endmacro %}
{% macro default__matches(value, pattern) -%} regexp_matches({{ value }}, '{{ pattern }}') {%- endmacro %}
{% macro spark__matches(value, pattern) -%} {{ value }} rlike '{{ pattern }}' {%- endmacro %}

{#- The value below which a share of the rows lies, between two rows by proportion. -#}
{% macro percentile(value, share) -%}{{ return(adapter.dispatch('percentile')(value, share)) }}{%- endmacro %}
{% macro default__percentile(value, share) -%} quantile_cont(cast({{ value }} as double), {{ share }}) {%- endmacro %}
{% macro spark__percentile(value, share) -%} percentile(cast({{ value }} as double), {{ share }}) {%- endmacro %}

{#- Measures that add up over all periods: in one, they are the sum of all days through its last, not of its own days. -#}
{% macro stock_measures() -%} 'customer_profit', 'customers_acquired' {%- endmacro %}
