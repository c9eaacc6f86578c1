{#- What can ail the data of a period, the worst first: what is not there weighs more than what is inexact. What is to
    come is the last, as it does not ail every figure (kpi_values), and may hide nothing that does. -#}
{% macro problems() %}{{ return(['missing', 'quota', 'provisional', 'flagged', 'unfinished']) }}{% endmacro %}

{#- Whether days lack, for whatever reason; what is there may still be inexact. -#}
{% macro lacks_days(problem_code) -%} coalesce({{ problem_code }}, '') in ('missing', 'quota', 'unfinished') {%- endmacro %}

{#- The problem of a day, over columns of load_days. A platform that puts us off (`defer`) has a quota; one that is not
    done with the day yet lets us `wait`. -#}
{% macro problem_of_day() -%}
    case
        when not is_complete and newest_action = 'defer' then 'quota'
        when not is_complete and newest_action = 'wait' then 'unfinished'
        when not is_complete then 'missing'
        when flags like '%provisional%' then 'provisional'
        when flags is not null then 'flagged'
    end
{%- endmacro %}
