"""What textbooks say of the simplest designs: nobody missing, one difference at the target adjusted for the first score.

Individually randomised: the noncentral t distribution with the residual variance sd^2 (1 - r^2) (Borm, Fransen &
Lemmens, J Clin Epidemiol 2007; 60: 1234-1238). Therapy groups in one arm: the groups' means vary as between + residual / m,
known with the df of Satterthwaite's approximation (Moerbeek & Wong, Stat Med 2008; 27: 2850-2864).
"""

from __future__ import annotations

from math import sqrt

from allay.science.evaluation.power.analysis import Analysis
from allay.science.evaluation.power.trial import Size, Trial


def t_power(effect: float, se: float, df: float, level: float) -> float:
    """Power of a two-sided t test: noncentral t with df and noncentrality effect / se (R's power.t.test, strict)."""
    from scipy.special import nctdtr, stdtrit

    critical, away = float(stdtrit(df, 1 - level / 2)), abs(effect) / se
    return float(1 - nctdtr(df, away, critical) + nctdtr(df, away, -critical))


def formula_power(trial: Trial, analysis: Analysis, size: Size) -> float | None:
    """Power if everybody stayed and came every time; None where there are no degrees of freedom."""
    target, compared = analysis.target, analysis.compared
    variance = float(trial.sigma[target, target])
    r2 = float(trial.sigma[0, target]) ** 2 / (float(trial.sigma[0, 0]) * variance)
    rest, effect = variance * (1 - r2), float(trial.effect[compared, target])
    reference, programme = size.people[0], size.people[compared]
    apart = rest / reference
    own = rest / programme + (trial.between / size.groups if size.groups else 0.0)
    free = float(sum(size.people) - len(size.people) - 1)
    if size.groups and analysis.grouped:
        if size.groups < 2 or reference < 3:
            return None
        free = (own + apart) ** 2 / (own**2 / (size.groups - 1) + apart**2 / (reference - 1))
    return t_power(effect, sqrt(own + apart), free, 1 - analysis.confidence) if free >= 1 else None
