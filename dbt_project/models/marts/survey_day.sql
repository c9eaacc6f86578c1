-- Answers to surveys by day and by the scale on which they were asked: what was converted to 1 to 10, and from what.
with
answers as (
    select
        day,
        brand,
        scale,
        score_1_to_10,
        case
            when score_1_to_10 >= 8 then 1
            when score_1_to_10 < 8 then 0
        end as good
    from {{ ref('survey_responses') }}
),

sums as (
    select
        day,
        brand,
        scale,
        cast(count(*) as bigint) as responses,
        {{ whole_sum('score_1_to_10') }} as points,
        {{ whole_sum('good') }} as good_responses
    from answers
    group by day, brand, scale
)

select
    day,
    brand,
    scale,
    scale <> '1-10' as is_converted,
    responses,
    cast(good_responses as bigint) as good_responses,
    points,
    {{ ratio('points', 'responses') }} as mean_score
from sums
