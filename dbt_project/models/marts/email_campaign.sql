select * from {{ ref('email_campaigns') }}
