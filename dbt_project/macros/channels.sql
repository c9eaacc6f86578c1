{#- The one place where a channel is decided, in GA4's words and in GA4's order.
    Source: https://support.google.com/analytics/answer/9756891 (default channel group, manual traffic).
    GA4 knows hundreds of sites; these lists hold those that matter here. -#}

{% macro channel_names() %}
{{ return([
    'Direct', 'Cross-network', 'Paid Shopping', 'Paid Search', 'Paid Social', 'Paid Video', 'Display', 'Paid Other',
    'Organic Shopping', 'Organic Social', 'Organic Video', 'Organic Search', 'Referral', 'Email', 'Affiliates',
    'Audio', 'SMS', 'Mobile Push Notifications', 'Unassigned',
]) }}
{% endmacro %}

{#- Whether traffic of a channel is bought. -#}
{% macro is_paid(channel) -%}
    {{ channel }} in (
        'Cross-network', 'Paid Shopping', 'Paid Search', 'Paid Social', 'Paid Video', 'Display', 'Paid Other',
        'Affiliates', 'Audio'
    )
{%- endmacro %}

{% macro channel_sites() %}
{{ return({
    'search': '(^|[.])(google|bing|duckduckgo|ecosia|yahoo|yandex|baidu|qwant|startpage|ask|aol|brave)([.]|$)',
    'social': '(^|[.])(facebook|fb|instagram|ig|linkedin|twitter|x|tiktok|pinterest|reddit|snapchat|threads|tumblr|whatsapp|meta|t[.]co|lnkd)([.]|$)',
    'video': '(^|[.])(youtube|youtu|vimeo|twitch|dailymotion|netflix|disneyplus)([.]|$)',
    'shopping': '(^|[.])(shopping|amazon|ebay|etsy|bol|marktplaats|alibaba|aliexpress|walmart|shopify|zalando|shop)([.]|$)',
}) }}
{% endmacro %}

{#- A channel from UTM source, medium and campaign. What is not known is Unassigned, not Direct. -#}
{% macro channel_from_utm(source, medium, campaign="''") -%}
    {%- set utm_source -%} lower(trim(coalesce({{ source }}, ''))) {%- endset -%}
    {%- set utm_medium -%} lower(trim(coalesce({{ medium }}, ''))) {%- endset -%}
    {%- set utm_campaign -%} lower(coalesce({{ campaign }}, '')) {%- endset -%}
    {%- set sites = channel_sites() -%}
    {%- set paid -%} {{ matches(utm_medium, '^(.*cp.*|ppc|retargeting|paid.*)$') }} {%- endset -%}
    {%- set shop_name -%} {{ matches(utm_campaign, '(^|[^a-df-z])shop') }} {%- endset -%}
    {%- set on_site = {} -%}
    {%- for kind, pattern in sites.items() -%}{%- do on_site.update({kind: matches(utm_source, pattern)}) -%}{%- endfor -%}
    case
        when {{ utm_source }} = '(direct)' and {{ utm_medium }} in ('(none)', '(not set)') then 'Direct'
        when {{ utm_campaign }} like '%cross-network%' then 'Cross-network'
        when {{ paid }} and ({{ on_site['shopping'] }} or {{ shop_name }}) then 'Paid Shopping'
        when {{ paid }} and {{ on_site['search'] }} then 'Paid Search'
        when {{ paid }} and {{ on_site['social'] }} then 'Paid Social'
        when {{ paid }} and {{ on_site['video'] }} then 'Paid Video'
        when {{ utm_medium }} in ('display', 'banner', 'expandable', 'interstitial', 'cpm') then 'Display'
        when {{ paid }} then 'Paid Other'
        when {{ on_site['shopping'] }} or {{ shop_name }} then 'Organic Shopping'
        when
            {{ on_site['social'] }}
            or {{ utm_medium }} in ('social', 'social-network', 'social-media', 'sm', 'social network', 'social media')
            then 'Organic Social'
        when {{ on_site['video'] }} or {{ utm_medium }} like '%video%' then 'Organic Video'
        when {{ on_site['search'] }} and {{ utm_medium }} not in ('email', 'referral') or {{ utm_medium }} = 'organic'
            then 'Organic Search'
        when {{ utm_medium }} in ('referral', 'app', 'link') then 'Referral'
        when
            {{ utm_source }} in ('email', 'e-mail', 'e_mail', 'e mail')
            or {{ utm_medium }} in ('email', 'e-mail', 'e_mail', 'e mail')
            then 'Email'
        when {{ utm_medium }} = 'affiliate' then 'Affiliates'
        when {{ utm_medium }} = 'audio' then 'Audio'
        when {{ utm_source }} = 'sms' or {{ utm_medium }} = 'sms' then 'SMS'
        when
            {{ utm_medium }} like '%push' or {{ utm_medium }} like '%mobile%' or {{ utm_medium }} like '%notification%'
            or {{ utm_source }} = 'firebase'
            then 'Mobile Push Notifications'
        else 'Unassigned'
    end
{%- endmacro %}

{#- A channel from the type of campaign as Google Ads writes it (PERFORMANCE_MAX), or Microsoft (Performance max).
    Source: https://support.google.com/analytics/answer/9756891 (default channel group, Google Ads traffic). -#}
{% macro channel_from_ad_type(ad_type) -%}
    {%- set channels = {
        'SEARCH': 'Paid Search', 'DISPLAY': 'Display', 'SHOPPING': 'Paid Shopping', 'VIDEO': 'Paid Video',
        'PERFORMANCEMAX': 'Cross-network', 'DEMANDGEN': 'Cross-network', 'DISCOVERY': 'Cross-network',
        'SMART': 'Cross-network', 'MULTICHANNEL': 'Cross-network', 'LOCAL': 'Cross-network',
        'SEARCH&CONTENT': 'Paid Search', 'SEARCHANDCONTENT': 'Paid Search', 'DYNAMICSEARCHADS': 'Paid Search',
        'AUDIENCE': 'Display',
    } -%}
    case upper(replace(replace({{ ad_type }}, '_', ''), ' ', ''))
        {% for type, channel in channels.items() -%}
        when '{{ type }}' then '{{ channel }}'
        {% endfor -%}
        else 'Paid Other'
    end
{%- endmacro %}

{#- A channel from HubSpot's traffic source. GA4 has no channel for what came in offline, nor for campaigns that say
    nothing of their medium: OFFLINE and OTHER_CAMPAIGNS are Unassigned. Chatbots are sites that refer.
    Source: https://knowledge.hubspot.com/reports/understand-hubspots-traffic-sources-in-the-traffic-analytics-tool -#}
{% macro channel_from_hubspot(source) -%}
    {%- set channels = {
        'ORGANIC_SEARCH': 'Organic Search', 'PAID_SEARCH': 'Paid Search', 'PAID_SOCIAL': 'Paid Social',
        'SOCIAL_MEDIA': 'Organic Social', 'EMAIL_MARKETING': 'Email', 'REFERRALS': 'Referral',
        'AI_REFERRALS': 'Referral', 'DIRECT_TRAFFIC': 'Direct',
    } -%}
    case upper({{ source }})
        {% for source, channel in channels.items() -%}
        when '{{ source }}' then '{{ channel }}'
        {% endfor -%}
        else 'Unassigned'
    end
{%- endmacro %}

{#- A channel from a tool's own word for it, where that is one of GA4's words in any spelling; else `otherwise`. -#}
{% macro channel_named(word, otherwise="'Unassigned'") -%}
    case lower(replace(replace(trim({{ word }}), '_', ' '), '-', ' '))
        {% for channel in channel_names() -%}
        when '{{ channel | lower | replace("-", " ") }}' then '{{ channel }}'
        {% endfor -%}
        else {{ otherwise }}
    end
{%- endmacro %}
