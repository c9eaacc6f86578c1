"""A simulated company behind local copies of the platforms' APIs.

Written from the platforms' documentation only: this package imports nothing of connectors, pipelines or
dbt_project, so that a misreading there is not repeated in its judge.
"""
