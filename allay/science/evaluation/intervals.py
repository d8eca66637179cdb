"""Interval estimates from summary numbers. Each names its formula and where it is written down."""

from __future__ import annotations

from math import exp, lgamma, log, sqrt
from statistics import NormalDist

from allay.science.evaluation.estimates import Estimate, Share, Standardised


def t_estimate(estimate: float, se: float, df: float, confidence: float) -> Estimate:
    """Estimate plus and minus the t quantile times its standard error; two-sided p against 0."""
    from scipy.special import stdtr

    half = t_quantile(df, confidence) * se
    t = estimate / se
    p = 2 * float(stdtr(df, -abs(t)))
    return Estimate(estimate, se, estimate - half, estimate + half, float(df), t, p)


def t_quantile(df: float, confidence: float) -> float:
    """The two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + confidence) / 2))


def normal_quantile(confidence: float) -> float:
    """The two-sided standard normal quantile: 1.96 for 95 %."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(count: int, n: int, confidence: float) -> Share:
    """A proportion with its score interval (Wilson 1927, without continuity correction); n at least 1."""
    z = normal_quantile(confidence)
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if count == 0 else middle - half
    high = 1.0 if count == n else middle + half
    return Share(share, low, high)


def hedges_factor(df: float) -> float:
    """Hedges' exact correction of a standardised effect for small samples (1981); about 1 - 3 / (4 df - 1)."""
    if df <= 1:
        return 0.0
    return exp(lgamma(df / 2) - lgamma((df - 1) / 2) - log(df / 2) / 2)


def standardised_change(
    change: float, sd_change: float, sd_first: float, n: int, confidence: float
) -> Standardised:
    """Mean change in units of the SD at the first timepoint, one group measured twice; n at least 3.

    g = J(n - 1) d with d = change / sd_first; the variance of d, sd_change^2 / (sd_first^2 (n - 1)) +
    d^2 / (2 (n - 1)), does not assume equal spread before and after (Bonett 2008,
    doi 10.1037/1082-989X.13.2.99), and that of g is J^2 times as large; normal interval.
    """
    factor = hedges_factor(n - 1)
    d = change / sd_first
    variance = sd_change**2 / (sd_first**2 * (n - 1)) + d**2 / (2 * (n - 1))
    half = normal_quantile(confidence) * factor * sqrt(variance)
    return Standardised(factor * d, factor * d - half, factor * d + half, sd_first)


def standardised_difference(difference: Estimate, sd: float, df_sd: int, confidence: float) -> Standardised:
    """A difference between arms in units of the pooled baseline SD, with Hedges' correction.

    g = J(df_sd) difference / sd; its variance by the delta method is (J se / sd)^2 + g^2 / (2 df_sd): the
    uncertainty of the difference and of the SD. The interval takes the t quantile of the difference.
    """
    factor = hedges_factor(df_sd)
    g = factor * difference.estimate / sd
    variance = (factor * difference.se / sd) ** 2 + g**2 / (2 * df_sd)
    half = t_quantile(difference.df, confidence) * sqrt(variance)
    return Standardised(g, g - half, g + half, sd)
