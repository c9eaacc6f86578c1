-- What is known of each day of each stream of each configured account: the newest pull that was complete, if any.
-- A day that was complete once stays so: a later pull that failed leaves the rows that the lake had.
with
loads as (
    select
        *,
        row_number() over (
            partition by connector, stream, account_id, day
            order by is_complete desc, loaded_at desc
        ) as best_first,
        row_number() over (
            partition by connector, stream, account_id, day
            order by loaded_at desc
        ) as newest_first
    from {{ ref('stg_kompas__loads') }}
),

newest as (select * from loads where newest_first = 1),

best as (select * from loads where best_first = 1)

select
    best.connector,
    best.stream,
    best.account_id,
    best.day,
    best.is_complete,
    best.loaded_at,
    best.loaded_rows,
    nullif(best.flags, '') as flags,
    case when not newest.is_complete then newest.reason end as newest_reason,
    case when not newest.is_complete then newest.next_action end as newest_action,
    best.is_complete and not newest.is_complete as is_restatement_missing
from best
inner join newest
    on
        best.connector = newest.connector
        and best.stream = newest.stream
        and best.account_id = newest.account_id
        and best.day = newest.day
