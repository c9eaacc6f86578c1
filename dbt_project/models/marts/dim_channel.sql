select
    channel,
    position,
    paid = 1 as is_paid,
    description
from {{ ref('channels') }}
