{#- Amounts in the reporting currency, by the ECB rate of the day, which stays beside them.
    A missing rate gives NULL, never 0 or 1; tests/amounts_have_a_rate.sql then names currency and day. -#}

{#- Joins `night` and `rates` to `rows_` (which has currency and the day column). -#}
{% macro join_rates(rows_, day='day') -%}
    cross join {{ ref('stg_kompas__night') }} as night
    left join {{ ref('exchange_rates') }} as rates
        on {{ rows_ }}.{{ day }} = rates.day and {{ rows_ }}.currency = rates.currency
{%- endmacro %}

{% macro rate_of(rows_) -%}
    case when {{ rows_ }}.currency = night.reporting_currency then cast(1 as double) else rates.rate end
{%- endmacro %}

{% macro converted(amount, rate) -%}
    cast(cast({{ amount }} as double) * {{ rate }} as decimal(18, 6))
{%- endmacro %}
