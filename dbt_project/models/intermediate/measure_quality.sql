-- Whether a measure can be trusted in a period: nothing missing, provisional, sampled or withheld; else what is worst.
-- Over all brands and countries together, and by each brand, country, and brand within a country.
with
measure_sources as (select * from {{ ref('measure_sources') }}),

period_loads as (select * from {{ ref('period_loads') }}),

expected as (select * from {{ ref('kpi_expected_measures') }}),

needed as (
    select
        measure_sources.measure,
        measure_sources.days_needed,
        period_loads.*
    from measure_sources
    inner join period_loads
        on
            measure_sources.connector = period_loads.connector
            and measure_sources.stream = period_loads.stream
    where
        measure_sources.days_needed in ('every_day', 'all_days')
        or (measure_sources.days_needed = 'single_day') = (period_loads.grain = 'day')
),

ailing as (
    select
        *,
        case
            when days_needed = 'all_days' and first_gap is not null then 'missing'
            when days_needed in ('through_day', 'all_days') then through_day_problem
            {% for problem in problems() -%}
            when first_{{ problem }} is not null then '{{ problem }}'
            {% endfor -%}
        end as problem,
        case
            when days_needed = 'all_days' then coalesce(first_gap, through_day_told)
            when days_needed = 'through_day' then through_day_told
            else coalesce(
                {% for problem in problems() -%}
                first_{{ problem }}{{ ',' if not loop.last }}
                {% endfor -%}
            )
        end as told
    from needed
),

judged as (
    select
        measure,
        brand,
        coalesce(country, 'none') as market,
        grain,
        period_start,
        problem,
        connector || ' ' || account_name || ' ' || stream || coalesce(' ' || told, '') as detail
    from ailing
),

segments as (
    select
        measure,
        coalesce(brand, 'all') as brand,
        coalesce(market, 'all') as country,
        grain,
        period_start,
        count(*) as feeds,
        count(problem) as feeds_with_problem,
        coalesce(
            {% for problem in problems() -%}
            max(case when problem = '{{ problem }}' then problem end){{ ',' if not loop.last }}
            {% endfor -%}
        ) as problem_code,
        coalesce(
            {% for problem in problems() -%}
            min(case when problem = '{{ problem }}' then detail end){{ ',' if not loop.last }}
            {% endfor -%}
        ) as problem_detail
    from judged
    group by grouping sets (
        (measure, grain, period_start),
        (measure, grain, period_start, brand),
        (measure, grain, period_start, market),
        (measure, grain, period_start, brand, market)
    )
)

select
    segments.measure,
    segments.brand,
    segments.country,
    segments.grain,
    segments.period_start,
    segments.feeds,
    segments.feeds_with_problem,
    -- Of whole data a model may still have no figure.
    coalesce(segments.problem_code, expected.problem_code) as problem_code,
    segments.problem_detail
from segments
left join expected
    on
        segments.measure = expected.measure
        and segments.brand = expected.brand
        and segments.country = expected.country
        and segments.grain = expected.grain
        and segments.period_start = expected.period_start
-- An account that serves no one country counts in `all` of them only.
where segments.country <> 'none'
