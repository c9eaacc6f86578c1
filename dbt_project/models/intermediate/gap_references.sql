-- Every verdict over all channels that has a figure and a bound, beside the period that its gap is explained by: the
-- period before, else the same one a year before. A reference has to be whole, and above zero, as its channels are
-- scaled until they meet the bound together.
with
kpi_values as (select * from {{ ref('kpi_values') }} where channel = 'all' and keyword = 'all'),

explained as (
    select
        {{ gap_key() }},
        {{ days_between('period_start', 'through_day') }} + 1 as days_elapsed,
        actual,
        gap,
        actual - gap as bound,
        numerator_value,
        denominator_value
    from {{ ref('kpi_verdicts') }}
    where channel = 'all' and keyword = 'all' and actual is not null and gap is not null
),

choices as (
    select
        {{ gap_key() }},
        'period_before' as reference,
        1 as choice,
        {{ previous_start('grain', 'period_start') }} as reference_start
    from explained
    union all
    select
        {{ gap_key() }},
        'year_before' as reference,
        2 as choice,
        {{ year_before('grain', 'period_start') }} as reference_start
    from explained
),

possible as (
    select
        choices.*,
        kpi_values.days_total as reference_days,
        kpi_values.numerator_value as reference_numerator,
        kpi_values.denominator_value as reference_denominator,
        row_number() over (
            partition by {{ gap_key('choices') }}
            order by choices.choice
        ) as choice_number
    from choices
    inner join kpi_values
        on
            choices.kpi_id = kpi_values.kpi_id
            and choices.grain = kpi_values.grain
            and choices.reference_start = kpi_values.period_start
            and choices.brand = kpi_values.brand
            and choices.country = kpi_values.country
    where
        kpi_values.numerator_value > 0
        and kpi_values.value > 0
        and not ({{ lacks_days('kpi_values.problem_code') }})
)

select
    explained.*,
    possible.reference,
    possible.reference_start,
    possible.reference_days,
    possible.reference_numerator,
    possible.reference_denominator,
    -- The reference's denominator for as many days as the period has had, over the period's own.
    {{ ratio(
        'possible.reference_denominator * explained.days_elapsed',
        'explained.denominator_value * possible.reference_days'
    ) }} as denominator_ratio
from explained
left join possible
    on
        {{ same_gap('explained', 'possible') }}
        and possible.choice_number = 1
