select
    channel,
    position,
    paid as is_paid,
    description
from {{ ref('channels') }}
