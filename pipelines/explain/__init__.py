"""`kompas explain`: why a KPI stands where it stands, from the published warehouse and the register."""
