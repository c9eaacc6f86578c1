-- The streams that each measure comes from: those of the business concepts that it is made of.
select
    measure_concepts.measure,
    concept_streams.connector,
    concept_streams.stream,
    measure_concepts.days_needed
from {{ ref('measure_concepts') }} as measure_concepts
inner join {{ ref('concept_streams') }} as concept_streams
    on measure_concepts.concept = concept_streams.concept
