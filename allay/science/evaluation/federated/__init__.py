"""Several services, one answer, no rows: sums of each service by a plan they share, added exactly.

`question` says what is summed (from the plan alone, so that everybody's sums mean the same), `site` makes one service's
summaries and withholds what could point at a person, `files` writes and reads them, `together` adds them and fits the
models of the plan, `report` tells.
"""
