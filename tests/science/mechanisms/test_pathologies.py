"""Data that mediation cannot answer: a reason or an estimate with a caution; never a traceback or a wrong number."""

import numpy as np
import pytest

from allay.science.evaluation.mechanisms import bootstrap, lagged_order, mediate
from allay.science.evaluation.models import BadModel
from allay.science.evaluation.results import NotEstimable
from tests.science.mechanisms.people import panel, trial, waves

METHODS = ("full-information", "complete-cases")
every_method = pytest.mark.parametrize("method", METHODS)


def ask(columns, *, mediators=("m",), covariates=("base", "start"), replicates=0, **options):
    return mediate(
        columns["arm"],
        {name: columns[name] for name in mediators},
        ("y", columns["y"]),
        {name: columns[name] for name in covariates},
        replicates=replicates,
        **options,
    )


def changed(columns, **new):
    return columns | {name: value(columns) for name, value in new.items()}


def holes(values, which):
    return np.where(which, np.nan, values)


@every_method
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"m": lambda c: np.full(80, 7.0)}, 'everybody has the same "m"'),
        ({"y": lambda c: np.full(80, 7.0)}, 'everybody has the same "y"'),
        ({"m": lambda c: np.full(80, np.nan)}, '"m" was measured of nobody'),
        ({"y": lambda c: holes(c["y"], c["arm"] == 1)}, '"y" was measured of nobody in the arm'),
        ({"m": lambda c: holes(c["m"], c["arm"] == 0)}, '"m" was measured of nobody in the reference arm'),
        ({"y": lambda c: holes(c["y"], (c["arm"] == 1) & (np.arange(80) > 6))}, "only 3 in the arm"),
        ({"arm": lambda c: np.zeros(80)}, "measured of nobody in the arm"),
        ({"y": lambda c: np.where(np.arange(80) == 4, np.inf, c["y"])}, "infinite"),
        ({"base": lambda c: np.where(np.arange(80) == 4, -np.inf, c["base"])}, "infinite"),
        ({"y": lambda c: c["y"] * 1e200}, "beyond 1e+150"),
        ({"m": lambda c: c["base"] * 2 + 1}, "determine"),
        ({"y": lambda c: c["start"]}, "determine"),
        ({"y": lambda c: c["m"]}, "determine|no clear maximum|do not determine"),
        ({"start": lambda c: c["arm"] * 3}, "start was left out"),
    ],
)
def test_no_answer_with_a_reason(method, change, reason):
    found = ask(changed(trial(80), **change), method=method)
    told = found.not_estimable if isinstance(found, NotEstimable) else " ".join(found.cautions)
    assert any(part in told for part in reason.split("|")), told


@every_method
def test_measured_in_different_halves(method):
    """Mediator of some, outcome of others: nothing says how they go together."""
    half = np.arange(80) % 4 < 2
    found = ask(
        changed(trial(80), m=lambda c: holes(c["m"], half), y=lambda c: holes(c["y"], ~half)), method=method
    )
    assert "only 0" in found.not_estimable


@every_method
def test_too_few_people(method):
    assert isinstance(ask(trial(4), method=method), NotEstimable)
    assert isinstance(
        ask({name: values[:2] for name, values in trial(80).items()}, method=method), NotEstimable
    )
    columns = trial(10) | {"age": np.arange(10.0) ** 2}
    assert "1 more needed" in ask(columns, covariates=("base", "start", "age"), method=method).not_estimable


@every_method
def test_few_people_are_a_caution(method):
    found = ask(trial(24), method=method, replicates=200)
    assert "fewer than 20 people" in " ".join(found.cautions)
    assert found.through[0].indirect.interval.low < found.through[0].indirect.interval.high


@every_method
def test_bootstrap_samples_without_an_answer_are_counted(method):
    columns = trial(14)
    columns["rare"] = (np.arange(14) == 3).astype(float)  # a third of the samples lack this person
    found = ask(columns, covariates=("base", "rare"), method=method, replicates=300)
    assert 0 < found.replicates < 300
    assert "bootstrap samples gave no answer" in " ".join(found.cautions)
    assert "bootstrap samples gave an answer" in found.through[0].indirect.percentile.not_estimable
    assert found.through[0].indirect.interval == found.through[0].indirect.delta


@every_method
def test_redundant_covariates_leave_the_rest_as_it_is(method):
    columns = trial(80, missing=0.1)
    columns |= {"twice": columns["base"] * 2 - 3, "same": np.full(80, 5.0)}
    plain, found = (
        ask(columns, method=method),
        ask(columns, covariates=("base", "start", "twice", "same"), method=method),
    )
    assert found.through[0].indirect.estimate == pytest.approx(plain.through[0].indirect.estimate, rel=1e-7)
    assert sum("was left out" in caution for caution in found.cautions) == 2


@every_method
@pytest.mark.parametrize("scale", [1e8, 1e-8])
def test_scaled_scores(method, scale):
    columns = trial(60, missing=0.1)
    plain = ask(columns, method=method)
    found = ask(changed(columns, y=lambda c: c["y"] * scale, base=lambda c: c["base"] / scale), method=method)
    one, other = found.through[0], plain.through[0]
    assert one.indirect.estimate == pytest.approx(other.indirect.estimate * scale, rel=1e-8)
    assert one.indirect.se == pytest.approx(other.indirect.se * scale, rel=1e-7)
    assert one.sensitivity.rho == pytest.approx(other.sensitivity.rho, rel=1e-8)
    assert one.sensitivity.e_value == pytest.approx(other.sensitivity.e_value, rel=1e-8)


@every_method
def test_shifted_scores(method):
    columns = {name: np.round(values, 2) for name, values in trial(60, missing=0.1).items()}
    plain = ask(columns, method=method, replicates=100)
    found = ask(
        changed(columns, y=lambda c: c["y"] + 1e9, m=lambda c: c["m"] - 1e9), method=method, replicates=100
    )
    assert found.through[0].indirect.estimate == pytest.approx(plain.through[0].indirect.estimate, rel=1e-5)
    assert found.interaction.direct_with.estimate == pytest.approx(
        plain.interaction.direct_with.estimate, rel=1e-4
    )


@every_method
def test_the_order_of_people_changes_nothing(method):
    columns = trial(50, missing=0.15)
    shuffled = np.random.default_rng(1).permutation(50)
    again = {name: values[shuffled] for name, values in columns.items()}
    assert ask(columns, method=method, replicates=200) == ask(again, method=method, replicates=200)


@every_method
def test_seeds(method):
    one, same, other = (ask(trial(40), method=method, replicates=200, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.through[0].indirect.percentile != other.through[0].indirect.percentile
    assert one.through[0].indirect.estimate == other.through[0].indirect.estimate


@every_method
def test_people_of_whom_nothing_is_known_change_nothing(method):
    columns = trial(60, missing=0.1)
    more = {name: np.append(values, [np.nan] * 3) for name, values in columns.items()}
    more["arm"][-2:] = 1.0
    one, other = ask(columns, method=method), ask(more, method=method)
    assert one.through[0].indirect.estimate == pytest.approx(other.through[0].indirect.estimate, rel=1e-9)
    assert (one.n, one.n_reference) == (other.n, other.n_reference)


def test_full_information_of_complete_data_is_least_squares():
    one, other = (ask(trial(60), method=method) for method in METHODS)
    assert one.through[0].a.estimate == pytest.approx(other.through[0].a.estimate, rel=1e-9)
    assert one.through[0].a.se == pytest.approx(other.through[0].a.se * np.sqrt(56 / 60), rel=1e-8)
    assert one.direct.se == pytest.approx(other.direct.se * np.sqrt(55 / 60), rel=1e-8)


@every_method
def test_direct_and_indirect_are_the_total(method):
    found = ask(
        changed(trial(70, missing=0.1), m2=lambda c: c["m"] + c["start"] * np.sin(np.arange(70))),
        mediators=("m", "m2"),
        method=method,
    )
    products = [one.a.estimate * one.b.estimate for one in found.through]
    assert found.indirect.estimate == pytest.approx(sum(products))
    assert found.direct.estimate + found.indirect.estimate == pytest.approx(found.total.estimate)
    assert "one mediator at a time" in found.interaction.not_estimable


def test_a_share_is_given_only_where_it_means_something():
    columns = trial(300, a=3.0, b=1.0)
    clear = ask(changed(columns, y=lambda c: c["y"] + 2 * c["arm"]), replicates=300).proportion
    assert 0.5 < clear.low < clear.estimate < clear.high
    assert "cannot be told from none" in ask(trial(60, a=0.0), replicates=50).proportion.not_estimable
    against = trial(300, a=-2.0, b=1.5)
    against["y"] += against["arm"] * 10
    assert "opposite directions" in ask(against, replicates=50).proportion.not_estimable


def test_large_tables_go_without_a_bootstrap(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bootstrap, "LARGEST", 50)
    found = ask(trial(60), replicates=200)
    assert found.through[0].indirect.interval == found.through[0].indirect.delta
    assert found.through[0].sensitivity.curve[0].low is None
    assert "delta method" in " ".join(found.cautions)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"method": "banana"}, "method"),
        ({"confidence": 1.0}, "confidence"),
        ({"replicates": -1}, "replicates"),
        ({"replicates": 10**9}, "replicates"),
        ({"mediators": ()}, "no mediator"),
        ({"mediators": ("m", "y")}, "stands twice"),
    ],
)
def test_requests_without_sense(options, reason):
    with pytest.raises(BadModel, match=reason):
        ask(trial(40), **options)


@pytest.mark.parametrize(
    "change",
    [
        {"arm": lambda c: c["arm"] + 1},
        {"m": lambda c: c["m"][:-1]},
        {"m": lambda c: ["x"] * 40},
        {"m": lambda c: c["m"][:, None]},
    ],
)
def test_columns_without_sense(change):
    with pytest.raises(BadModel):
        ask(changed(trial(40), **change))


# What moves first


def order(columns, **options):
    return lagged_order(waves(columns, "m"), waves(columns, "y"), columns["arm"], **options)


@pytest.fixture(scope="module")
def scores():
    return panel(120, 4)


@pytest.fixture(scope="module")
def plain(scores):
    return order(scores)


def test_who_moves_first_is_found(plain):
    assert plain.mediator_first.low > 0
    assert plain.outcome_first.low < 0 < plain.outcome_first.high


def test_scores_exchanged(scores, plain):
    found = lagged_order(waves(scores, "y"), waves(scores, "m"), scores["arm"])
    assert found.outcome_first.estimate == pytest.approx(plain.mediator_first.estimate, rel=1e-6)
    assert found.mediator_first.se == pytest.approx(plain.outcome_first.se, rel=1e-6)


@pytest.mark.parametrize(("scale", "shift"), [(1e8, 0.0), (1e-8, 0.0), (1.0, 1e7)])
def test_lags_of_other_units(scores, plain, scale, shift):
    other = {name: values * scale + shift if name[0] == "m" else values for name, values in scores.items()}
    found = order(other)
    assert found.mediator_first.estimate * scale == pytest.approx(plain.mediator_first.estimate, rel=1e-6)
    assert found.mediator_first.standardised == pytest.approx(plain.mediator_first.standardised, rel=1e-6)


def test_averages_of_arms_count_for_nothing(scores, plain):
    """What the programme does on average at each timepoint does not look like a lag."""
    moved = {
        name: values + (3.0 * int(name[1:]) * scores["arm"] if name != "arm" else 0)
        for name, values in scores.items()
    }
    found = order(moved)
    assert found.mediator_first.estimate == pytest.approx(plain.mediator_first.estimate, rel=1e-6)
    assert found.outcome_first.se == pytest.approx(plain.outcome_first.se, rel=1e-6)


def test_the_order_of_people_changes_no_lag(scores, plain):
    shuffled = np.random.default_rng(3).permutation(120)
    found = order({name: values[shuffled] for name, values in scores.items()})
    assert found.mediator_first.estimate == pytest.approx(plain.mediator_first.estimate, rel=1e-9)


def test_only_neighbouring_timepoints_count(scores):
    columns = {name: values.copy() for name, values in scores.items()}
    for name in ("m2", "y2"):
        columns[name][:60] = np.nan
    both = {w: ~np.isnan(columns[f"m{w}"]) & ~np.isnan(columns[f"y{w}"]) for w in (1, 2, 3, 4)}
    assert order(columns).pairs == sum(int((both[w] & both[w + 1]).sum()) for w in (1, 2, 3))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: {name: c[name] for name in ("arm", "m1", "y1", "m2", "y2")}, "there are 2"),
        (lambda c: {name: values[:20] for name, values in c.items()}, "too few"),
        (lambda c: c | {"m3": np.full(120, np.nan)}, 'not measured of enough people at "week 3"'),
        (lambda c: c | {"y4": holes(c["y4"], c["arm"] == 1)}, 'not measured of enough people at "week 4"'),
        (lambda c: c | {"y4": np.full(120, 3.0)}, "the same score"),
        (lambda c: c | {f"m{w}": np.full(120, 2.0) for w in range(1, 5)}, "everybody has the same score"),
        (lambda c: c | {f"m{w}": c[f"y{w}"] for w in range(1, 5)}, "do not determine|told apart"),
        (lambda c: c | {f"m{w}": c["m1"] for w in range(1, 5)}, "do not determine|told apart"),
        (lambda c: c | {"m2": np.full(120, np.inf)}, "infinite"),
        (lambda c: {name: np.full(120, np.nan) for name in c}, "too few|everybody"),
    ],
)
def test_no_lags_with_a_reason(scores, change, reason):
    found = order(change(dict(scores)))
    assert isinstance(found, NotEstimable)
    assert any(part in found.not_estimable for part in reason.split("|")), found.not_estimable


def test_lags_without_sense(scores):
    with pytest.raises(BadModel, match="same timepoints"):
        lagged_order(waves(scores, "m"), {"week 1": scores["y1"]})
    with pytest.raises(BadModel, match="confidence"):
        order(scores, confidence=2)
    with pytest.raises(BadModel, match="one value per person"):
        lagged_order(waves(scores, "m"), waves(scores, "y"), scores["arm"][:5])
    with pytest.raises(BadModel, match="same length"):
        lagged_order(waves(scores, "m") | {"week 2": scores["m2"][:5]}, waves(scores, "y"))


def test_arms_may_have_names(scores, plain):
    names = ["waiting" if arm == 0 else "__class__" for arm in scores["arm"]]
    found = lagged_order(waves(scores, "m"), waves(scores, "y"), names)
    assert found.mediator_first.estimate == pytest.approx(plain.mediator_first.estimate, rel=1e-9)
