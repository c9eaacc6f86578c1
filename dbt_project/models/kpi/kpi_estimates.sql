-- What each figure says of its period: the interval of a ratio, and the forecast of a sum in progress with its
-- interval; and the same KPI and segment in the period before, and a year before. docs/verdicts.md, "Interval".
with
kpis as (select * from {{ ref('stg_kompas__kpis') }}),

pace as (select * from {{ ref('kpi_pace') }}),

paced as (
    select
        kpi_values.*,
        kpis.noise,
        kpis.scale,
        kpis.unit,
        coalesce(kpis.events = kpis.denominator, false) as is_per_event,
        kpis.noise = 'sum' and kpi_values.period_state = 'in_progress' as is_forecast,
        case when kpis.noise = 'sum' and kpi_values.period_state = 'in_progress' then pace.share else 1 end as share,
        case when pace.share > 0 then kpi_values.value / pace.share end as forecast,
        pace.elapsed_variance,
        pace.remaining_variance,
        pace.share_deviation,
        {{ previous_start('kpi_values.grain', 'kpi_values.period_start') }} as previous_start,
        {{ year_before('kpi_values.grain', 'kpi_values.period_start') }} as last_year_start
    from {{ ref('kpi_values') }} as kpi_values
    inner join kpis
        on kpi_values.kpi_id = kpis.kpi_id
    left join pace
        on
            kpis.numerator = pace.measure
            and kpi_values.grain = pace.grain
            and kpi_values.period_start = pace.period_start
            and {{ same_segment('kpi_values', 'pace') }}
),

deviations as (
    select
        *,
        case
            when share > 0
                then {{ forecast_deviation('share', 'elapsed_variance', 'remaining_variance') }} * scale
        end as forecast_deviation
    from paced
),

intervals as (
    select
        *,
        case
            when is_forecast and share_deviation is not null
                then value / (share + {{ z() }} * share_deviation)
            when is_forecast then forecast - {{ z() }} * forecast_deviation
            when noise = 'proportion' then {{ wilson_low('numerator_value', 'denominator_value') }} * scale
            when noise = 'mean'
                then {{ mean_low('numerator_value', 'squares_value', 'denominator_value') }} * scale
            when noise = 'count' and is_per_event then value * events_value / {{ count_high('events_value') }}
            when noise = 'count' then value / nullif(events_value, 0) * {{ count_low('events_value') }}
        end as noise_low,
        case
            when is_forecast and share_deviation is not null
                then case
                    when share > {{ z() }} * share_deviation then value / (share - {{ z() }} * share_deviation)
                end
            when is_forecast then forecast + {{ z() }} * forecast_deviation
            when noise = 'proportion' then {{ wilson_high('numerator_value', 'denominator_value') }} * scale
            when noise = 'mean'
                then {{ mean_high('numerator_value', 'squares_value', 'denominator_value') }} * scale
            when noise = 'count' and is_per_event
                then value * events_value / nullif({{ count_low('events_value') }}, 0)
            when noise = 'count' then value / nullif(events_value, 0) * {{ count_high('events_value') }}
        end as noise_high
    from deviations
),

estimates as (
    select
        *,
        case when is_forecast then forecast end as period_forecast,
        case when is_forecast then forecast else value end as period_value,
        -- A count cannot end below what it has already; an end that is not known stays so.
        case when is_forecast and unit = 'count' and noise_low < value then value else noise_low end as interval_low,
        case when is_forecast and unit = 'count' and noise_high < value then value else noise_high end as interval_high
    from intervals
)

select
    estimates.kpi_id,
    estimates.grain,
    estimates.period_start,
    estimates.period_end,
    estimates.through_day,
    estimates.period_state,
    estimates.days_total,
    estimates.days_elapsed,
    {{ segment('estimates') }},
    estimates.numerator_value,
    estimates.denominator_value,
    estimates.value,
    estimates.sample,
    estimates.minimum_sample,
    estimates.settled_on,
    estimates.final_on,
    estimates.problem_code,
    estimates.problem_detail,
    estimates.share,
    estimates.period_forecast as forecast,
    estimates.interval_low,
    estimates.interval_high,
    estimates.period_value,
    previous.value as previous_value,
    last_year.value as last_year_value
from estimates
{% for earlier in ['previous', 'last_year'] -%}
left join {{ ref('kpi_values') }} as {{ earlier }}
    on
        estimates.kpi_id = {{ earlier }}.kpi_id
        and estimates.grain = {{ earlier }}.grain
        and estimates.{{ earlier }}_start = {{ earlier }}.period_start
        and {{ same_segment('estimates', earlier) }}
        and {{ earlier }}.problem_code is null
{% endfor %}
