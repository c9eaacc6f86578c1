-- What the lake has of each day of each stream of each account, and what ails it.
select
    connector as platform,
    stream,
    account_id,
    day,
    is_complete,
    loaded_at,
    loaded_rows,
    flags,
    newest_reason as problem,
    is_restatement_missing
from {{ ref('load_days') }}
