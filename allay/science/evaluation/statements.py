"""What results.json says in words: how each number was made, and what to keep in mind about these data."""

from __future__ import annotations

from allay.science.evaluation.plan import Plan
from allay.science.evaluation.reading.people import People
from allay.science.evaluation.results import Provenance

METHODS = {
    "description": (
        "Mean, standard deviation (n - 1), median and quartiles (interpolated between order statistics, type 7 of "
        "Hyndman and Fan 1996) of everybody measured at the timepoint."
    ),
    "within": (
        "Mean change of the people measured at both the first and the last timepoint, with a t interval. "
        "Standardised: mean change divided by the standard deviation at the first timepoint, with Hedges' "
        "small-sample correction and the interval of Bonett (2008), which lets the spread change over time."
    ),
    "between": (
        "The difference of last scores between an arm and the reference arm, adjusted for the first score (analysis of "
        "covariance by ordinary least squares with one slope and one residual variance for all arms; t interval). "
        "Beside it, unadjusted: the difference of mean changes, Welch's t interval. Both use only people measured at "
        "both timepoints, as a check that can be followed by hand. Standardised: the difference divided by the standard "
        "deviation at the first timepoint, pooled over arms, with Hedges' small-sample correction; interval by the "
        "delta method, which counts the uncertainty of both."
    ),
    "change": (
        "Reliable change after Jacobson and Truax (1991): the change of a person divided by the standard error of "
        "a difference, the square root of 2 times SD times the square root of (1 - reliability); reliable where it "
        "lies strictly beyond z on either side. Recovered: reliably improved and strictly across the cut-off from "
        "the clinical to the functional side. Cut-off a lies 2 clinical SDs from the clinical mean, b 2 functional "
        "SDs from the functional mean, c between both means in the proportion of their SDs. Important change: at "
        "least the amount the plan gives. Shares of people with Wilson's (1927) score interval."
    ),
}


def notes_on(plan: Plan, people: People, provenance: Provenance) -> list[str]:
    """What a reader of these results must know about this table and plan."""
    return [
        note
        for note in (
            _primary(plan),
            _other_arms(people),
            _other_timepoints(people),
            _encoding(provenance),
        )
        if note
    ]


def _primary(plan: Plan) -> str:
    if len(plan.outcomes) == 1 or any(outcome.primary for outcome in plan.outcomes):
        return ""
    return "The plan marks no outcome as primary; the first one is treated as such."


def _other_arms(people: People) -> str:
    if not people.in_other_arms:
        return ""
    who = "person is" if people.in_other_arms == 1 else "people are"
    return f"{people.in_other_arms} {who} in arms that the plan does not list, and left out."


def _other_timepoints(people: People) -> str:
    rows = people.rows_at_other_timepoints
    if not rows:
        return ""
    return f"{rows} {'row' if rows == 1 else 'rows'} at timepoints that the plan does not list were left out."


def _encoding(provenance: Provenance) -> str:
    if provenance.data.encoding != "windows-1252":
        return ""
    return "The table is not UTF-8 text; it was read as Windows-1252 (Latin-1)."
