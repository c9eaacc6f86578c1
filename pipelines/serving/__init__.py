"""Serving: the published warehouse copied into a user's database, for BI tools that cannot read a DuckDB file."""
