"""The Dagster code location and the `kompas` command."""
