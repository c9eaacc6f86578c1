select
    verdict,
    position,
    sign,
    nl as name_nl,
    en as name_en
from {{ ref('verdicts') }}
