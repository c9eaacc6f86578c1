-- Every staging table of LinkedIn Ads has a row per key.
{{ broken_keys_of({'stg_linkedin_ads__campaign_day': ['account_id', 'day', 'campaign_id']}) }}
