{#- The latest version of each record of an entity stream, whose rows are kept per change. -#}
{% macro latest_version(source_relation, key, order_by='updated_at') -%}
    select *
    from (
        select
            *,
            row_number() over (partition by {{ key }} order by {{ order_by }} desc) as version_number
        from {{ source_relation }}
    ) as versions
    where version_number = 1
{%- endmacro %}
