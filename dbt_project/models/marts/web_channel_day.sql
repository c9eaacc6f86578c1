select * from {{ ref('web_sessions') }}
