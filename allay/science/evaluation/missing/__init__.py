"""Missing outcomes: who is missing, and what the study would say had they fared otherwise.

    cohort = from_rows("trial.csv", outcome="y", subject="id", visit="visit", arm="arm", covariates=["x"])
    missingness(cohort)
    reference_based(cohort, ["MAR", "JR"], deltas=delta_grid(10))
    multiple_imputation(cohort, ["MAR", "JR"], seed=1)

The way through: `reading` makes a `cohort`; `patterns` counts; `imputation_model` fits the mixed model and `cells` sums people
by arm and pattern; `strategies` says from which means values are imputed and `filling` analyses them without making them;
`refits` fits without each person in turn for the jackknife of `conditional_mean`; `posterior`, `multiple` and `rubin`
are multiple imputation; `tipping` moves missing values by a delta; `answers` and `sensitivity` put it into words and numbers (`missing_shapes`).
docs/missing.md explains it. Pure: no Django, no clock, no network.
"""

from allay.science.evaluation.missing.cohort import Cohort
from allay.science.evaluation.missing.patterns import missingness
from allay.science.evaluation.missing.reading import from_rows, from_wide
from allay.science.evaluation.missing.rubin import pool
from allay.science.evaluation.missing.sensitivity import multiple_imputation, reference_based
from allay.science.evaluation.missing.strategies import STRATEGIES, Strategy
from allay.science.evaluation.missing.tipping import delta_grid
from allay.science.evaluation.results.missing import Missingness, Sensitivity, Tipping

__all__ = [
    "STRATEGIES",
    "Cohort",
    "Missingness",
    "Sensitivity",
    "Strategy",
    "Tipping",
    "delta_grid",
    "from_rows",
    "from_wide",
    "missingness",
    "multiple_imputation",
    "pool",
    "reference_based",
]
