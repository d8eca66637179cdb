"""Many trials fitted at once: each as the engine fits it."""

import numpy as np
import pytest

from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.power.analysis import Analysis, Analyst
from allay.science.evaluation.power.lane import Lane, fits
from allay.science.evaluation.power.trial import Drawing, Size, Trial

SIGMA = 0.6 + 0.4 * np.eye(3)
VISITS = ("baseline", "week 6", "week 12")


def trial(*, icc=0.05, arms=2, meets=1, **more):
    effect = np.outer(np.arange(arms), [0, 0.2, 0.4])
    options = {"dropout": np.array([0, 0.1, 0.15]), "strength": 0.4, "gaps": 0.05} | more
    return Trial(
        tuple("ABC"[:arms]),
        VISITS,
        effect,
        25 * SIGMA,
        meets,
        25 * icc / (1 - icc) if icc else 0.0,
        **options,
    )


def compared(truth, analysis, size, trials=25):
    drawing = Drawing(truth, size)
    drawn = [drawing.draw(np.random.default_rng([5, number])) for number in range(trials)]
    found, analyst = Lane(drawing, analysis).fit(drawn), Analyst(truth, analysis)
    edges = 0
    for place, one in enumerate(drawn):
        fit = analyst.fit(one)
        assert not isinstance(fit, NotEstimable)
        if fit.covariance != "us":
            continue  # the engine took a simpler covariance: the lane leaves such a trial to it
        assert found.settled[place]
        answer = analyst.answer(fit)
        assert found.estimate[place] == pytest.approx(answer.estimate, abs=1e-7)
        assert found.se[place] == pytest.approx(answer.se, rel=1e-6)
        assert found.df[place] == pytest.approx(answer.df, rel=1e-5)
        if fit.group:
            assert max(0.0, found.between[place]) == pytest.approx(fit.group.variance, abs=1e-6)
            edges += fit.group.variance == 0
    return edges


@pytest.mark.parametrize("df", ["kenward-roger", "satterthwaite", "z"])
def test_therapy_groups_like_the_engine(df):
    analysis = Analysis(2, df=df, grouped=True)
    edges = compared(trial(icc=0.03), analysis, Size((32, 32), 4))
    assert 0 < edges < 25  # the groups' variance inside, and on its boundary


def test_individually_randomised_like_the_engine():
    compared(trial(icc=0, meets=None), Analysis(1), Size((20, 22)))


def test_three_arms_of_which_one_meets():
    truth = trial(arms=3, meets=2)
    compared(truth, Analysis(2, compared=2, grouped=True), Size((20, 24, 30), 4), 10)


def test_groups_that_the_analysis_ignores():
    truth = trial(icc=0.2)
    compared(truth, Analysis(2, grouped=False), Size((32, 32), 4), 10)


def test_many_visits():
    sigma = 16 * 0.7 ** np.abs(np.subtract.outer(range(5), range(5)))
    truth = Trial(
        ("A", "B"), tuple("12345"), np.zeros((2, 5)), sigma, 1, 1.0, np.array([0, 0.1, 0.1, 0.1, 0.1])
    )
    compared(truth, Analysis(4, grouped=True), Size((48, 48), 6), 8)


@pytest.mark.parametrize(
    "analysis",
    [
        Analysis(2, kind="mmrm"),
        Analysis(2, kind="ancova"),
        Analysis(2, covariance="csh"),
        Analysis(2, vcov="CR2"),
        Analysis(2, covariance_by_arm=True),
    ],
)
def test_other_analyses_are_the_engines(analysis):
    assert not fits(trial(), analysis)
    drawn = Drawing(trial(icc=0, meets=None), Size((20, 20))).draw(np.random.default_rng(1))
    analyst = Analyst(trial(icc=0, meets=None), analysis)
    answer = analyst.answer(analyst.fit(drawn))
    assert answer.visit == "week 12"
    assert answer.se > 0
