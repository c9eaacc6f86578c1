select * from {{ ref('ad_performance') }}
