"""How results are told: sentences, tables and pictures, one file for each section of the report."""
