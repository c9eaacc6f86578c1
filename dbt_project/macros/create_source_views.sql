{#- On DuckDB, for unit tests: dbt asks the database for the columns of a source that a test fills, and a source that is
    read from its files is not there to be asked. -#}
{% macro create_source_views() -%}
    {%- if execute and target.type == 'duckdb' and var('unit_tests', false) -%}
        {%- for source in graph.sources.values() -%}
            {%- set files = env_var('KOMPAS_LAKE') ~ '/' ~ source.schema ~ '/' ~ source.identifier ~ '/*.parquet' -%}
            {%- do run_query('create schema if not exists ' ~ source.schema) -%}
            {%- do run_query(
                'create or replace view ' ~ source.schema ~ '.' ~ source.identifier
                ~ " as from read_parquet('" ~ files ~ "', union_by_name = true)"
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
