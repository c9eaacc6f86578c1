select
    channel,
    cast(position as integer) as position,
    paid = 1 as is_paid,
    description
from {{ ref('channels') }}
