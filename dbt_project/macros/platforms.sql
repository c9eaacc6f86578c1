{#- One table of all platforms: from each of their staging models the same columns, in the same order.

    A platform is a line: its name, its model, what makes a column where the model has none of that name, and which
    rows are left out (`where`). A column that a platform does not tell is `unknown('type')`.

    A unit test gives the models of the platforms that it is about. The rest is left out then, so that a new platform
    does not touch the tests of the others. -#}
{% macro union_platforms(columns, platforms) -%}
    {%- set told = [] -%}
    {%- for platform in platforms if is_given(platform.model) -%}{%- do told.append(platform) -%}{%- endfor -%}
    {%- for platform in told or platforms -%}
    select
        '{{ platform.platform }}' as platform,
        {%- for column in columns %}
        {{ platform[column] ~ ' as ' if column in platform }}{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(platform.model) }}
    {%- if 'where' in platform %}
    where {{ platform.where }}
    {%- endif %}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{#- Whether a model can be asked: always, but in a unit test, where it can if the test gives it. -#}
{% macro is_given(name) -%}
    {{ return(model.resource_type != 'unit_test' or ('model.' ~ project_name ~ '.' ~ name) in model.depends_on.nodes) }}
{%- endmacro %}

{% macro unknown(type='string') -%}
    cast(null as {{ dbt.type_string() if type == 'string' else type }})
{%- endmacro %}

{#- Which order of the customer it is, from 1, for shops that do not number them. A guest has no number: guests are
    not one customer. -#}
{% macro nth_order_of_customer() -%}
    case when customer_id is not null then row_number() over (
        partition by account_id, customer_id order by order_date, ordered_at nulls last, order_id
    ) end
{%- endmacro %}
