-- Every staging table of TikTok Ads has a row per key.
{{ broken_keys_of({'stg_tiktok_ads__campaign_day': ['account_id', 'day', 'campaign_id']}) }}
