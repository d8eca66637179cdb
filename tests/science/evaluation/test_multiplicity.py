"""Several tests at once, against R's p.adjust and by what gatekeeping promises."""

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allay.science.evaluation.multiplicity import corrected, holm

from .conftest import REFERENCE

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_holm_is_that_of_r():
    for case in json.loads((REFERENCE / "holm.json").read_text()):
        assert holm(case["p"]) == pytest.approx(case["holm"], abs=1e-15)


@given(P_VALUES)
def test_holm_keeps_the_order_and_never_lowers(values):
    adjusted = holm(values)
    assert all(after >= before for before, after in zip(values, adjusted, strict=True))
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranked = [adjusted[place] for place in order]
    assert ranked == sorted(ranked)


def made_up(*pairs):
    return [(f"s{place}", "b", family, p) for place, (family, p) in enumerate(pairs)]


def adjusted(pairs, method):
    return [test.adjusted_p for test in corrected(made_up(*pairs), method)]


def test_secondary_outcomes_wait_for_the_primary_one():
    assert adjusted([("primary", 0.2), ("secondary", 0.001)], "gatekeeping") == [0.2, 0.2]
    assert adjusted([("primary", 0.01), ("secondary", 0.001), ("secondary", 0.03)], "gatekeeping") == [
        0.01,
        0.01,
        0.03,
    ]


def test_exploratory_outcomes_are_not_corrected():
    for method in ("none", "holm", "gatekeeping"):
        assert adjusted([("primary", 0.01), ("exploratory", 0.02)], method)[1] is None


def test_families_are_corrected_apart_by_holm():
    assert adjusted([("primary", 0.04), ("secondary", 0.01), ("secondary", 0.02)], "holm") == [
        0.04,
        0.02,
        0.02,
    ]


def test_a_test_that_could_not_be_had_counts_as_one():
    assert adjusted([("primary", None), ("secondary", 0.001)], "gatekeeping") == [1.0, 1.0]


@pytest.mark.parametrize("method", ["holm", "gatekeeping"])
def test_the_chance_of_any_false_finding_is_held(method):
    """Over a fine grid of p values of two true null hypotheses, at most 5 in 100 give one at .05."""
    grid = [(place + 0.5) / 200 for place in range(200)]
    families = {"holm": ("secondary", "secondary"), "gatekeeping": ("primary", "secondary")}[method]
    found = sum(
        min(adjusted(list(zip(families, pair, strict=True)), method)) <= 0.05 for pair in product(grid, grid)
    )
    assert found / len(grid) ** 2 <= 0.0505
