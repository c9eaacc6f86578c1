{#- What can ail the data of a period, the worst first: what is not there weighs more than what is inexact. -#}
{% macro problems() %}{{ return(['missing', 'quota', 'provisional', 'flagged']) }}{% endmacro %}

{#- Whether days lack, for whatever reason; what is there may still be inexact. -#}
{% macro lacks_days(problem_code) -%} coalesce({{ problem_code }}, '') in ('missing', 'quota') {%- endmacro %}

{#- The problem of a day, over columns of load_days. A platform that puts us off (`defer`) has a quota. -#}
{% macro problem_of_day() -%}
    case
        when not is_complete and newest_action = 'defer' then 'quota'
        when not is_complete then 'missing'
        when flags like '%provisional%' then 'provisional'
        when flags is not null then 'flagged'
    end
{%- endmacro %}
