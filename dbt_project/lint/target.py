"""Stand-in of the engine that dbt builds for."""

type = "duckdb"
