-- Search measures of the keywords that a target names. They are part of kpi_measures already, over all keywords.
with
keywords as (
    select distinct keyword
    from {{ ref('stg_kompas__targets') }}
    where keyword <> 'all'
),

days as (
    select
        search.day,
        search.brand,
        search.country,
        search.channel,
        keywords.keyword,
        {{ whole_sum('search.clicks') }} as search_clicks,
        {{ whole_sum('search.impressions') }} as search_impressions,
        {{ whole_sum('search.weighted_position') }} as search_weighted_position
    from {{ ref('search_performance') }} as search
    inner join keywords
        on lower(search.keyword) = lower(keywords.keyword)
    group by search.day, search.brand, search.country, search.channel, keywords.keyword
)

{% for measure in ['search_clicks', 'search_impressions', 'search_weighted_position'] -%}
select day, brand, country, channel, keyword, '{{ measure }}' as measure, {{ measure }} as value from days
{{ 'union all' if not loop.last }}
{% endfor %}
