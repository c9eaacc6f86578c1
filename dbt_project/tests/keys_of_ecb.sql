-- Every currency has one rate a day.
{{ broken_keys_of({'stg_ecb__daily_rate': ['day', 'currency']}) }}
