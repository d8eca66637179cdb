"""The three networks, single people and stability: against plain computations, and where there is no answer."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from allay.science.diary.entries import Columns, read
from allay.science.diary.networks import (
    between,
    contemporaneous,
    edges,
    partial_correlations,
    temporal,
)
from allay.science.diary.pairs import pairs
from allay.science.diary.personal import personal
from allay.science.diary.regression import regression
from allay.science.diary.stability import stability
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.models.errors import Unestimable
from tests.reference.diary.make_data import diary

HERE = Path(__file__).parents[2] / "reference/diary"
NAMES = ("pain", "mood", "worry")


def summed(columns, names=NAMES):
    with read(columns, Columns(tuple(names), person="id")) as entries:
        return pairs(entries)


@cache
def shared():
    sums = summed(HERE / "diary.csv")
    return sums, temporal(sums, "full")


@cache
def rows_of():
    """Person, [1, yesterday less the mean] and today of every pair, the plain way."""
    raw = np.genfromtxt(HERE / "diary.csv", delimiter=",", skip_header=1)
    who, day, values = raw[:, 0], raw[:, 1], raw[:, 2:]
    centred = np.vstack([values[who == p] - values[who == p].mean(axis=0) for p in np.unique(who)])
    after = np.flatnonzero((np.diff(day) == 1) & (np.diff(who) == 0)) + 1
    return who[after], np.column_stack([np.ones(len(after)), centred[after - 1]]), values[after]


@pytest.mark.parametrize("effects", ["full", "diagonal"])
def test_own_coefficients_are_the_conditional_expectations(effects):
    """Against b = D Z'V^-1 (y - X beta) and its error, with V written out."""
    sums, _ = shared()
    fit = regression(sums, 1, effects)
    who, x, y = rows_of()
    inverse = {p: np.linalg.inv(block(x[who == p], fit)) for p in np.unique(who)}
    phi = np.linalg.inv(sum(x[who == p].T @ inverse[p] @ x[who == p] for p in inverse))
    np.testing.assert_allclose(fit.se, np.sqrt(np.diag(phi)), rtol=1e-7)
    for place, p in enumerate(inverse):
        z, rest = x[who == p], y[who == p, 1] - x[who == p] @ fit.beta
        gain = fit.covariance @ z.T @ inverse[p]
        np.testing.assert_allclose(fit.own[place], fit.beta + gain @ rest, atol=1e-7)
        left = np.eye(4) - gain @ z
        error = left @ phi @ left.T + fit.covariance - gain @ z @ fit.covariance
        np.testing.assert_allclose(fit.own_covariance[place], error, atol=1e-7)


def block(z, fit):
    return z @ fit.covariance @ z.T + fit.residual * np.eye(len(z))


def test_the_likelihood_written_out():
    _, fitted = shared()
    who, x, y = rows_of()
    for outcome, fit in fitted.fitted:
        total, inner = 0.0, np.zeros((4, 4))
        for p in np.unique(who):
            z, rest = x[who == p], y[who == p, outcome] - x[who == p] @ fit.beta
            v = block(z, fit)
            total += np.linalg.slogdet(v)[1] + rest @ np.linalg.solve(v, rest)
            inner += z.T @ np.linalg.solve(v, z)
        free = len(who) - 4
        wanted = -(free * np.log(2 * np.pi) + total + np.linalg.slogdet(inner)[1]) / 2
        assert fit.log_likelihood == pytest.approx(wanted, abs=1e-7)


def test_within_a_day_by_residuals_written_out():
    """Partial correlations of the residuals, and the interval by leaving out people one by one."""
    sums, fitted = shared()
    who, x, y = rows_of()
    rest = np.empty_like(y)
    for outcome, fit in fitted.fitted:
        for place, p in enumerate(np.unique(who)):
            rest[who == p, outcome] = y[who == p, outcome] - x[who == p] @ fit.own[place]
    wanted = partial_correlations(rest.T @ rest)
    ties = contemporaneous(sums, fitted)
    assert [(tie.a, tie.b) for tie in ties] == [("pain", "mood"), ("pain", "worry"), ("mood", "worry")]
    np.testing.assert_allclose([tie.estimate for tie in ties], wanted[np.triu_indices(3, 1)], atol=1e-9)
    people = np.unique(who)
    each = np.array([partial_correlations(rest[who != p].T @ rest[who != p])[0, 1] for p in people])
    se = np.sqrt((len(people) - 1) / len(people) * ((each - each.mean()) ** 2).sum())
    width = np.arctanh(ties[0].high) - np.arctanh(ties[0].low)
    assert width == pytest.approx(2 * 2.0227 * se / (1 - wanted[0, 1] ** 2), rel=0.05)


def test_between_people_by_regression_of_means():
    sums, _ = shared()
    ties = between(sums)
    a, b, c = (sums.means - sums.means.mean(axis=0)).T
    rest_a, rest_b = a - c * (a @ c) / (c @ c), b - c * (b @ c) / (c @ c)
    wanted = rest_a @ rest_b / np.sqrt((rest_a @ rest_a) * (rest_b @ rest_b))
    assert ties[0].estimate == pytest.approx(wanted, abs=1e-10)
    width = np.arctanh(ties[0].high) - np.arctanh(ties[0].low)
    assert width == pytest.approx(2 * 1.959964 / np.sqrt(40 - 4), rel=1e-6)


def test_edges_are_the_fixed_effects():
    sums, fitted = shared()
    found = edges(sums, fitted)
    assert len(found) == 9
    one = found[5]
    assert (one.source, one.target) == ("worry", "mood")
    fit = fitted.fitted[1][1]
    assert (one.estimate, one.se) == (fit.beta[3], fit.se[3])
    assert one.low < one.estimate < one.high
    assert one.spread == pytest.approx(np.sqrt(fit.covariance[3, 3]))


def test_nobody_below_forty_pairs_gets_a_network():
    sums, fitted = shared()
    own = personal(sums, fitted)
    assert sums.usable.max() < 40
    assert not own.shown.any()


def test_single_people_are_drawn_towards_everybody_and_shown_where_certain():
    sums = summed(diary(12, 84, 2, seed=5), NAMES[:2])
    fitted = temporal(sums, "full")
    own = personal(sums, fitted)
    assert (own.enough == (sums.usable >= 40)).all()
    assert own.enough.any()
    assert own.shown.any()
    assert (own.sign[own.shown] >= 0.9).all()
    assert not own.shown[~own.enough].any()
    assert not own.shown[own.sign < 0.9].any()
    fit = fitted.fitted[0][1]
    spread = own.estimate[:, 0].std(axis=0)
    assert (spread <= np.sqrt(np.diag(fit.covariance))[1:] + 1e-9).all()


def test_draws_of_people_are_those_of_a_refit():
    """Held covariances, against finding them anew for each draw, and the spread against the standard errors."""
    sums, fitted = shared()
    held = stability(sums, fitted, seed=3, draws=400)
    anew = stability(sums, fitted, seed=3, draws=25, refit=True)
    same = stability(sums, fitted, seed=3, draws=25)
    for edge, one, other, again in zip(
        edges(sums, fitted), held.temporal, anew.temporal, same.temporal, strict=True
    ):
        assert (edge.source, edge.target) == (one.source, one.target)
        assert (one.high - one.low) / (2 * 1.96 * edge.se) == pytest.approx(1, abs=0.3)
        assert abs(other.low - again.low) < edge.se / 2
        assert abs(other.high - again.high) < edge.se / 2
    assert held.temporal[0].same_sign == 1.0
    assert held == stability(sums, fitted, seed=3, draws=400)


def test_strong_networks_bear_leaving_people_out_and_noise_does_not():
    sums, fitted = shared()
    strong = stability(sums, fitted, seed=1, draws=200).coefficients["temporal"]
    assert strong >= 0.5
    random = np.random.default_rng(8)
    noise = {
        "id": np.repeat(np.arange(12), 20),
        "day": np.tile(np.arange(20), 12),
        "a": random.normal(size=240).round(2),
        "b": random.normal(size=240).round(2),
        "c": random.normal(size=240).round(2),
    }
    dull = summed(noise, ("a", "b", "c"))
    assert stability(dull, temporal(dull, "diagonal"), seed=1, draws=200).coefficients["temporal"] < strong


# Where there is no answer


def changed(**new):
    return diary(20, 20, 3, seed=2) | new


def reasons(columns, names=NAMES, effects="full"):
    fitted = temporal(summed(columns, names), effects)
    return [one.not_estimable for one in fitted.regressions if isinstance(one, NotEstimable)]


def test_a_constant_variable():
    columns = changed()
    columns["mood"] = [4.0] * len(columns["mood"])
    assert reasons(columns) == ['"mood" never differs from a person\'s own mean'] * 3


def test_a_variable_that_differs_between_people_only():
    columns = changed()
    columns["mood"] = [float(person) for person in columns["id"]]
    assert set(reasons(columns)) == {'"mood" never differs from a person\'s own mean'}


def test_collinear_variables():
    columns = changed()
    columns["worry"] = [round(3 * value + 1, 1) for value in columns["mood"]]
    assert set(reasons(columns)) == {'"mood" and "worry" determine each other exactly'}


def test_a_variable_that_follows_exactly():
    days = [(person, day) for person in range(6) for day in range(12)]
    columns = {
        "id": [person for person, _ in days],
        "day": [day for _, day in days],
        "a": [float((-1) ** day) for _, day in days],
    }
    assert reasons(columns, ("a",)) == ['"a" follows exactly from the day before']


def test_one_person():
    columns = diary(1, 60, 2, seed=1)
    sums = summed(columns, NAMES[:2])
    fitted = temporal(sums, "full")
    assert set(reasons(columns, NAMES[:2])) == {
        "only one person has two days that follow each other with everything answered"
    }
    assert isinstance(contemporaneous(sums, fitted), NotEstimable)
    assert between(sums) == NotEstimable("1 people are too few for partial correlations of 2 variables")


def test_nobody_has_pairs():
    columns = changed()
    columns["day"] = [2 * day for day in columns["day"]]
    assert set(reasons(columns)) == {"nobody has two days that follow each other with everything answered"}


def test_everybody_has_one_pair():
    random = np.random.default_rng(1)
    columns = {
        "id": np.repeat(np.arange(30), 2),
        "day": np.tile([1, 2], 30),
        "a": random.normal(size=60).round(2),
    }
    assert reasons(columns, ("a",)) == ["nobody has more than one pair of days that follow each other"]


def test_no_difference_between_people_is_said():
    random = np.random.default_rng(2)
    columns = {
        "id": np.repeat(np.arange(25), 20),
        "day": np.tile(np.arange(20), 25),
        "a": random.normal(size=500).round(3),
    }
    for effects in ("full", "diagonal"):
        fit = regression(summed(columns, ("a",)), 0, effects)
        assert fit.certificate.holds
        assert fit.certificate.boundary
        assert all("at zero" in edge or "perfectly correlated" in edge for edge in fit.certificate.boundary)


def test_one_variable_has_no_network_within_a_day():
    sums = summed(diary(15, 30, 1, seed=4), NAMES[:1])
    fitted = temporal(sums, "full")
    assert contemporaneous(sums, fitted) == NotEstimable("there is one variable only")
    assert between(sums) == NotEstimable("there is one variable only")
    assert stability(sums, fitted, seed=1, draws=50).coefficients["temporal"] is None


def test_scale_and_shift_change_nothing_but_the_units():
    columns = diary(20, 30, 2, seed=9)
    plain = regression(summed(columns, NAMES[:2]), 0, "full")
    columns["pain"] = [value * 1e8 + 1e9 for value in columns["pain"]]
    moved = regression(summed(columns, NAMES[:2]), 0, "full")
    scale = np.array([1e8, 1, 1e8])
    np.testing.assert_allclose(moved.beta - [1e9, 0, 0], plain.beta * scale, rtol=1e-6, atol=2e-7)
    np.testing.assert_allclose(moved.se, plain.se * scale, rtol=1e-6)


def test_singular_partial_correlations():
    with pytest.raises(Unestimable, match="determine each other"):
        partial_correlations(np.ones((2, 2)))
