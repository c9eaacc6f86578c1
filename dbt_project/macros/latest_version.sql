{#- The latest version of each record of an entity stream, whose rows are kept per change. `newest_first` goes on behind
    the time of the change, which is in whole seconds: two versions of one second have to be told apart every night alike. -#}
{% macro latest_version(source_relation, key, newest_first) -%}
    select *
    from (
        select
            *,
            row_number() over (partition by {{ key }} order by updated_at desc, {{ newest_first }}) as version_number
        from {{ source_relation }}
    ) as versions
    where version_number = 1
{%- endmacro %}
