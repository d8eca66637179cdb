"""The participant's pages. Each view parses, asks one query or calls one verb, and renders."""
