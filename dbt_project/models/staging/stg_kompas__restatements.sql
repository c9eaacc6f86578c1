select
    noticed_at,
    run_day,
    connector,
    stream,
    account_id,
    day,
    measure,
    old_value,
    new_value
from {{ source('kompas', 'restatements') }}
