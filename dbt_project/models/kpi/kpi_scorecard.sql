-- What a person sees in the morning: of each KPI and segment the period in progress, the last whole one, and the
-- newest one that could be judged.
select *
from {{ ref('kpi_verdicts') }}
where is_newest or is_newest_judged
