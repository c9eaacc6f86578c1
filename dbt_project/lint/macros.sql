{#- Stand-ins of our macros for sqlfluff, which renders the models without dbt: SQL of the same shape, never run.
    A list becomes a text here, and a loop over it goes by its letters. -#}
{% macro grains() %}day{% endmacro %}
{% macro problems() %}m{% endmacro %}
{% macro problem_of_day() %}newest_action{% endmacro %}
{% macro digits() %}select 0 as digit{% endmacro %}
{% macro whole_numbers(digits) %}select digit as number from digits{% endmacro %}
{% macro add_days(day, days) %}{{ day }} + {{ days }}{% endmacro %}
{% macro add_months(day, months) %}{{ day }} + interval '{{ months }} months'{% endmacro %}
{% macro months_later(day, months) %}{{ day }} + {{ months }}{% endmacro %}
{% macro days_between(first, last) %}date_diff('day', {{ first }}, {{ last }}){% endmacro %}
{% macro start_of(grain, day) %}date_trunc('{{ grain }}', {{ day }}){% endmacro %}
{% macro end_of(grain, start) %}last_day({{ start }}){% endmacro %}
{% macro previous_start(grain, start) %}date_trunc({{ grain }}, {{ start }}){% endmacro %}
{% macro year_before(grain, start) %}{{ start }} - {{ grain }}{% endmacro %}
{% macro stock_measures() %}'customer_profit'{% endmacro %}
{% macro weekday(day) %}isodow({{ day }}){% endmacro %}
{% macro brand() %}accounts.brand{% endmacro %}
{% macro join_accounts(rows_) %}left join accounts on {{ rows_ }}.account_id = accounts.account_id{% endmacro %}
{% macro join_orders(rows_, kind='inner') %}{{ kind }} join orders on {{ rows_ }}.order_id = orders.order_id{% endmacro %}
{% macro join_rates(rows_, day='day') %}left join rates on {{ rows_ }}.{{ day }} = rates.day{% endmacro %}
{% macro rate_of(rows_) %}rates.rate{% endmacro %}
{% macro converted(amount, rate) %}cast({{ amount }} * {{ rate }} as decimal(18, 6)){% endmacro %}
{% macro channel_from_utm(source, medium, campaign="''") %}lower({{ source }}){% endmacro %}
{% macro channel_from_ad_type(ad_type) %}lower({{ ad_type }}){% endmacro %}
{% macro channel_from_hubspot(source) %}lower({{ source }}){% endmacro %}
{% macro channel_named(word, otherwise="'Unassigned'") %}coalesce({{ word }}, {{ otherwise }}){% endmacro %}
{% macro is_paid(channel) %}{{ channel }} = 'Display'{% endmacro %}
{% macro whole_sum(value) %}sum({{ value }}){% endmacro %}
{% macro ratio(numerator, denominator) %}{{ numerator }} / {{ denominator }}{% endmacro %}
{% macro listed(value) %}max({{ value }}){% endmacro %}
{% macro matches(value, pattern) %}regexp_matches({{ value }}, '{{ pattern }}'){% endmacro %}
{% macro latest_version(source_relation, key, newest_first) %}select * from {{ source_relation }}{% endmacro %}
{% macro broken_keys_of(keys, may_be_null=[]) %}select 1 as broken_key{% endmacro %}
{% macro shown_on(model) %}{{ model }}{% endmacro %}
{% macro percentile(value, share) %}quantile_cont({{ value }}, {{ share }}){% endmacro %}
{% macro country() %}accounts.country{% endmacro %}
{% macro segment_columns() %}k{% endmacro %}
{% macro segment(rows_=none) %}{{ rows_ ~ '.' if rows_ }}brand, {{ rows_ ~ '.' if rows_ }}keyword{% endmacro %}
{% macro same_segment(one, other) %}{{ one }}.brand = {{ other }}.brand{% endmacro %}
{% macro is_everything(rows_) %}{{ rows_ }}.brand = 'all'{% endmacro %}
{% macro z() %}1.96{% endmacro %}
{% macro reason_code() %}problem_code{% endmacro %}
{% macro within_noise() %}interval_low <= interval_high{% endmacro %}
{% macro verdict_before_guardrail() %}reason_code{% endmacro %}
{% macro verdict() %}verdict_before_guardrail{% endmacro %}
{% macro wilson_low(successes, trials) %}{{ successes }} / {{ trials }}{% endmacro %}
{% macro wilson_high(successes, trials) %}{{ successes }} / {{ trials }}{% endmacro %}
{% macro mean_low(total, squares, observations) %}{{ total }} / {{ observations }}{% endmacro %}
{% macro mean_high(total, squares, observations) %}{{ total }} / {{ observations }}{% endmacro %}
{% macro count_low(events) %}{{ events }}{% endmacro %}
{% macro count_high(events) %}{{ events }}{% endmacro %}
{% macro forecast_deviation(share, elapsed, remaining) %}{{ share }}{% endmacro %}
{% macro same_figure(one, other) %}{{ one }}.kpi_id = {{ other }}.kpi_id{% endmacro %}
{% macro gap_key(rows_=none) %}{{ rows_ ~ '.' if rows_ }}kpi_id, {{ rows_ ~ '.' if rows_ }}country{% endmacro %}
{% macro same_gap(one, other) %}{{ one }}.kpi_id = {{ other }}.kpi_id{% endmacro %}
{% macro lacks_days(problem_code) %}{{ problem_code }} = 'missing'{% endmacro %}
{% macro union_platforms(columns, platforms) %}select {{ columns | join(', ') }} from platform_rows{% endmacro %}
{% macro nth_order_of_customer() %}1{% endmacro %}
{% macro unknown(type='string') %}null{% endmacro %}
{% macro published(model) %}{{ model }}{% endmacro %}
{% macro amount(value) %}cast({{ value }} as decimal(18, 6)){% endmacro %}
{% macro whole_amount(value) %}sum({{ value }}){% endmacro %}
{% macro sum_of_measure(measure) %}sum(value){% endmacro %}
