-- Every staging table of SurveyMonkey has a row per key.
{{ config(meta=shown_on('stg_surveymonkey__responses')) }}
{{ broken_keys_of({
    'stg_surveymonkey__responses': ['account_id', 'response_id'],
}) }}
