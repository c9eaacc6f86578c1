{#- On Spark: a table over the Parquet files of every source. DuckDB reads the files by external_location.
    mergeSchema, as the files of one stream differ in their columns where a column came later. -#}
{% macro create_lake_tables() -%}
    {%- if execute and target.type == 'spark' and flags.WHICH in ('build', 'run', 'test') -%}
        {%- for schema in graph.sources.values() | map(attribute='schema') | unique -%}
            {%- do run_query('create schema if not exists ' ~ schema) -%}
        {%- endfor -%}
        {%- for source in graph.sources.values() -%}
            {%- set table = source.schema ~ '.' ~ source.identifier -%}
            {%- set folder = env_var('KOMPAS_LAKE') ~ '/' ~ source.schema ~ '/' ~ source.identifier -%}
            {%- do run_query('drop table if exists ' ~ table) -%}
            {%- do run_query("create table " ~ table ~ " using parquet options (mergeSchema 'true') location '" ~ folder ~ "'") -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
