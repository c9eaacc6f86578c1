select
    kpi_id,
    position,
    name_nl,
    name_en,
    definition_nl,
    definition_en,
    numerator,
    denominator,
    scale,
    unit,
    direction,
    grain,
    objective,
    owner,
    chosen_because,
    is_informational
from {{ ref('stg_kompas__kpis') }}
