"""Daily entries of many people, for researchers: how they were kept, and what goes with what from day to day.

`entries.read` checks a table, `pairs.pairs` sums it, `networks.temporal` fits the multilevel vector autoregression;
`networks`, `personal` and `stability` follow from both, `compliance.compliance` counts days. `analysis` does all that a
plan asks. Pure: no Django, no clock, no network. `docs/diary.md` says what the numbers mean.
"""

import allay.science.evaluation  # noqa: F401  plans of evaluations hold plans of diaries: whole before its parts
