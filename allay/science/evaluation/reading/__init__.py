"""Any table becomes one row a person in DuckDB: found, checked, staged."""
