{#- The columns are a key: together they tell every row apart, and none of them is NULL unless it may be. -#}
{% test unique_together(model, columns, may_be_null=[]) %}
{{ broken_keys(model, 'model', columns, may_be_null) }}
{% endtest %}
