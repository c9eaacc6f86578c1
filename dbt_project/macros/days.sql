{#- Arithmetic with days, in each engine's own words. All take and give dates; days_between gives a whole number. -#}

{% macro add_days(day, days) -%}{{ return(adapter.dispatch('add_days')(day, days)) }}{%- endmacro %}
{% macro default__add_days(day, days) -%} cast({{ day }} + cast({{ days }} as integer) as date) {%- endmacro %}
{% macro spark__add_days(day, days) -%} date_add({{ day }}, cast({{ days }} as int)) {%- endmacro %}

{% macro add_months(day, months) -%}{{ return(adapter.dispatch('add_months')(day, months)) }}{%- endmacro %}
{% macro default__add_months(day, months) -%} cast({{ day }} + to_months(cast({{ months }} as integer)) as date) {%- endmacro %}
{% macro spark__add_months(day, months) -%} add_months({{ day }}, {{ months }}) {%- endmacro %}

{#- The day on which a span of so many months from `day` has ended: the same day of the month, or the days after it in a
    month that has no such day. A year from the 29th of February ends on the first of March. -#}
{% macro months_later(day, months) -%}
    {{ add_days(add_months(start_of('month', day), months), 'extract(day from ' ~ day ~ ') - 1') }}
{%- endmacro %}

{% macro days_between(first, last) -%}{{ return(adapter.dispatch('days_between')(first, last)) }}{%- endmacro %}
{% macro default__days_between(first, last) -%} cast(date_diff('day', {{ first }}, {{ last }}) as bigint) {%- endmacro %}
{% macro spark__days_between(first, last) -%} cast(datediff({{ last }}, {{ first }}) as bigint) {%- endmacro %}

{#- First day of the week (ISO: Monday), month, quarter, half-year (from 1 January and 1 July) or year. -#}
{% macro start_of(grain, day) -%}
    {%- if grain == 'half_year' -%}
        {%- set year -%} cast(date_trunc('year', {{ day }}) as date) {%- endset -%}
        case when extract(month from {{ day }}) <= 6 then {{ year }} else {{ add_months(year, 6) }} end
    {%- else -%} cast(date_trunc('{{ grain }}', {{ day }}) as date)
    {%- endif -%}
{%- endmacro %}

{#- Last day of the period that starts on `start`. -#}
{% macro end_of(grain, start) -%}
    {%- if grain == 'day' -%} {{ start }}
    {%- elif grain == 'week' -%} {{ add_days(start, 6) }}
    {%- else -%} last_day({{ add_months(start, {'month': 0, 'quarter': 2, 'half_year': 5, 'year': 11}[grain]) }})
    {%- endif -%}
{%- endmacro %}

{% macro grains() %}{{ return(['day', 'week', 'month', 'quarter', 'half_year', 'year']) }}{% endmacro %}

{#- 0, 1, 2 … as `number`: digits, joined with each other. -#}
{% macro whole_numbers(digits) -%}
    select
        {% for place in range(digits) -%}
        digit_{{ place }}.digit * {{ 10 ** place }}{{ ' +' if not loop.last }}
        {% endfor -%}
        as number
    from digits as digit_0
    {% for place in range(1, digits) -%}
    cross join digits as digit_{{ place }}
    {% endfor -%}
{%- endmacro %}

{% macro digits() -%}
    {% for digit in range(10) %}select {{ digit }} as digit{{ ' union all ' if not loop.last }}{% endfor %}
{%- endmacro %}

{#- Monday is 1, Sunday 7. On Spark by dayofweek (Sunday is 1), as Sail's weekday() is wrong on Sundays. -#}
{% macro weekday(day) -%}{{ return(adapter.dispatch('weekday')(day)) }}{%- endmacro %}
{% macro default__weekday(day) -%} isodow({{ day }}) {%- endmacro %}
{% macro spark__weekday(day) -%} cast(mod(dayofweek({{ day }}) + 5, 7) + 1 as bigint) {%- endmacro %}

{#- First day of the period before the one that starts on `start`; `grain` is a column. -#}
{% macro previous_start(grain, start) -%}
    case {{ grain }}
        when 'day' then {{ add_days(start, '-1') }}
        when 'week' then {{ add_days(start, '-7') }}
        when 'month' then {{ add_months(start, -1) }}
        when 'quarter' then {{ add_months(start, -3) }}
        when 'half_year' then {{ add_months(start, -6) }}
        when 'year' then {{ add_months(start, -12) }}
    end
{%- endmacro %}

{#- First day of the same period a year before; weeks and days 52 weeks before, so that Mondays meet Mondays. -#}
{% macro year_before(grain, start) -%}
    case
        when {{ grain }} in ('day', 'week') then {{ add_days(start, '-364') }}
        else {{ add_months(start, -12) }}
    end
{%- endmacro %}
