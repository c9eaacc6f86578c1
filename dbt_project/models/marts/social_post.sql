select * from {{ ref('social_posts') }}
