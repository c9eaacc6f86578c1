"""Apache Superset over the published warehouse: a local server, and the dashboard "Kompas" by its REST API."""
