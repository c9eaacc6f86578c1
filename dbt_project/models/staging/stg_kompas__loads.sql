select
    loaded_at,
    run_id,
    run_day,
    connector,
    stream,
    account_id,
    day,
    rows as loaded_rows,
    quarantined as quarantined_rows,
    requests,
    flags,
    complete as is_complete,
    reason,
    action as next_action,
    seconds
from {{ source('kompas', 'loads') }}
