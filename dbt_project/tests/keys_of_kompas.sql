-- Every table of the register has a row per key, and there is one night: two would double all that is joined with it.
{{ config(meta=shown_on('stg_kompas__night')) }}
{{ broken_keys_of({
    'stg_kompas__accounts': ['connector', 'account_id', 'stream'],
    'stg_kompas__kpis': ['kpi_id'],
    'stg_kompas__targets': ['kpi_id', 'brand', 'country', 'channel', 'keyword', 'grain', 'valid_from'],
    'stg_kompas__guardrails': ['kpi_id', 'guardrail_kpi_id'],
    'stg_kompas__verdicts': ['run_day', 'kpi_id', 'brand', 'country', 'channel', 'keyword', 'grain', 'period_start'],
    'stg_kompas__restatements': ['connector', 'stream', 'account_id', 'day', 'measure', 'noticed_at'],
    'stg_kompas__loads': ['connector', 'stream', 'account_id', 'day', 'loaded_at'],
}) }}
union all
select
    'stg_kompas__night' as model,
    'one row' as broken_key,
    nights as copies
from (select count(*) as nights from {{ ref('stg_kompas__night') }}) as counted
where nights <> 1
