{#- Rows that break a key, one for each value: it stands more than once, or a column of it is NULL. -#}
{% macro broken_keys(relation, name, columns, may_be_null=[]) -%}
    select
        '{{ name }}' as model,
        {% for column in columns -%}
        coalesce(cast({{ column }} as {{ dbt.type_string() }}), 'NULL')
        {{- " || ' | ' ||" if not loop.last }}
        {% endfor -%}
        as broken_key,
        count(*) as copies
    from {{ relation }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {% for column in columns if column not in may_be_null -%}
        or {{ column }} is null
        {% endfor %}
{%- endmacro %}

{#- The same for several models at once: a test of its own for each would cost the night seconds. -#}
{% macro broken_keys_of(keys, may_be_null=[]) -%}
    {% for model, columns in keys.items() -%}
    {{ broken_keys(ref(model), model, columns, may_be_null) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{#- Where Dagster shows a test that reads more than one model: on this one. -#}
{% macro shown_on(model) %}{{ return({'dagster': {'ref': {'name': model}}}) }}{% endmacro %}
