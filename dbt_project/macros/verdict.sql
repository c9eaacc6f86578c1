{#- How a KPI is judged, rule by rule: docs/verdicts.md says it in words. Expressions over columns of these names, with
    nothing of dbt in them, so that a backtest and the tests render this file as it is. -#}

{#- Two-sided 95 % of the normal distribution. -#}
{% macro z() -%} 1.959963984540054 {%- endmacro %}

{#- A difference of a billionth of the bound is rounding of computers, no miss. -#}
{% macro rounding() -%} 1e-9 {%- endmacro %}

{#- Why there is no verdict; the first reason that holds. -#}
{% macro reason_code() -%}
    case
        when is_informational or (target_low is null and target_high is null and not coalesce(is_relative, false))
            then 'no_target'
        when problem_code is not null then problem_code
        when target_low is null and target_high is null then 'no_base'
        when is_immature then 'immature'
        when value is null then 'no_value'
        when period_state = 'in_progress' and 5 * days_elapsed < days_total then 'too_early'
        when sample < minimum_sample * share then 'too_few'
        when share is null or share <= 0 then 'no_profile'
    end
{%- endmacro %}

{#- Whether the value is within its bounds so far, or not further out than a share of the bound. -#}
{% macro within_bounds(slack) -%}
    (low_so_far is null or value >= low_so_far - {{ slack }} * abs(low_so_far))
            and (high_so_far is null or value <= high_so_far + {{ slack }} * abs(high_so_far))
{%- endmacro %}

{#- Whether the gap may be chance: the interval reaches the bounds of the whole period. An end that cannot be told is
    open: a forecast from shares that differ too much. -#}
{% macro within_noise() -%}
    (interval_low is not null or interval_high is not null)
            and (target_low is null or interval_high is null or interval_high >= target_low)
            and (target_high is null or interval_low is null or interval_low <= target_high)
{%- endmacro %}

{% macro verdict_before_guardrail() -%}
    case
        when reason_code is not null then 'no_verdict'
        when {{ within_bounds(rounding()) }} then 'on_target'
        when {{ within_bounds('(tolerance + ' ~ rounding() ~ ')') }} then 'at_risk'
        when {{ within_noise() }} then 'at_risk'
        else 'off_target'
    end
{%- endmacro %}

{#- What is won at the cost of a guardrail is never plain green. -#}
{% macro verdict() -%}
    case
        when verdict_before_guardrail = 'on_target' and guardrail_state = 'broken' then 'at_risk'
        else verdict_before_guardrail
    end
{%- endmacro %}

{#- Wilson's score interval of a proportion: E.B. Wilson, JASA 22 (1927), 209-212. -#}
{% macro wilson(successes, trials, sign) -%}
    case when {{ trials }} > 0 and {{ successes }} >= 0 and {{ successes }} <= {{ trials }} then
        (
            {{ successes }} + {{ z() }} * {{ z() }} / 2
            {{ sign }} {{ z() }} * sqrt(
                {{ successes }} * ({{ trials }} - {{ successes }}) / {{ trials }} + {{ z() }} * {{ z() }} / 4
            )
        ) / ({{ trials }} + {{ z() }} * {{ z() }})
    end
{%- endmacro %}
{% macro wilson_low(successes, trials) -%} {{ wilson(successes, trials, '-') }} {%- endmacro %}
{% macro wilson_high(successes, trials) -%} {{ wilson(successes, trials, '+') }} {%- endmacro %}

{#- Mean of n observations, with 1.96 standard errors to each side, from their sum and their sum of squares. -#}
{% macro mean(total, squares, observations, sign) -%}
    case when {{ observations }} >= 2 and {{ squares }} is not null then
        {{ total }} / {{ observations }} {{ sign }} {{ z() }} * sqrt(
            greatest({{ squares }} - {{ total }} * {{ total }} / {{ observations }}, 0)
            / ({{ observations }} - 1) / {{ observations }}
        )
    end
{%- endmacro %}
{% macro mean_low(total, squares, observations) -%} {{ mean(total, squares, observations, '-') }} {%- endmacro %}
{% macro mean_high(total, squares, observations) -%} {{ mean(total, squares, observations, '+') }} {%- endmacro %}

{#- Score interval of a Poisson count: the counts with which it is compatible. -#}
{% macro count_of(events, sign) -%}
    case when {{ events }} >= 0 then
        {{ events }} + {{ z() }} * {{ z() }} / 2
        {{ sign }} {{ z() }} * sqrt({{ events }} + {{ z() }} * {{ z() }} / 4)
    end
{%- endmacro %}
{% macro count_low(events) -%} {{ count_of(events, '-') }} {%- endmacro %}
{% macro count_high(events) -%} {{ count_of(events, '+') }} {%- endmacro %}

{#- Standard deviation of a forecast that carries the days so far, a share of the period, on to its end. -#}
{% macro forecast_deviation(share, elapsed_variance, remaining_variance) -%}
    sqrt({{ remaining_variance }} + (1 - {{ share }}) * (1 - {{ share }}) / ({{ share }} * {{ share }}) * {{ elapsed_variance }})
{%- endmacro %}
