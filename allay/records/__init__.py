"""Room 3, records: what is kept. One Django app, one line of migrations.

`models/` are the tables, `services/` the verbs that write, `queries/` the reads,
`access.py` says who may do what. May import science and content.
"""
