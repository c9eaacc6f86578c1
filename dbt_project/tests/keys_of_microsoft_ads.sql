-- Every staging table of Microsoft Advertising has a row per key.
{{ broken_keys_of({'stg_microsoft_ads__campaign_day': ['account_id', 'day', 'campaign_id']}) }}
