"""Services that hand on sums get the answer that their rows together would have given."""

import json
import math
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allay.science.evaluation import (
    BadInput,
    Data,
    PlanSource,
    Provenance,
    evaluate,
    open_workspace,
    parse_plan,
)
from allay.science.evaluation import stage_rows as stage
from allay.science.evaluation.federated.files import fingerprint, read_site, site_text
from allay.science.evaluation.federated.question import collapsed, question, summed, view_of
from allay.science.evaluation.federated.report import documents
from allay.science.evaluation.federated.site import points_at_somebody, prepared, site
from allay.science.evaluation.federated.together import questions, together
from allay.science.evaluation.models.summaries import Cell, Key
from allay.science.evaluation.results import NotEstimable
from allay.science.evaluation.results.mixed import MixedModel

PLAN = """
[study]
arms = ["usual", "programme"]
timepoints = ["baseline", "week-6", "week-12"]
[model]
{model}
[federated]
fewest = 3
[[outcomes]]
score = "mood"
better = "lower"
range = {{ min = -20, max = 60, decimals = 1 }}
[outcomes.change]
reliability = 0.85
sd = 5
"""
HASH = "0" * 64


def plan_of(model=""):
    return parse_plan(PLAN.format(model=model).encode(), "plan.toml")


def people(n, *, seed=1, missing=0.2):
    """{person: rows}; a row is (participant, timepoint, arm, score, value)."""
    draw, found = np.random.default_rng(seed), {}
    for person in range(n):
        arm, first = ("usual", "programme")[person % 2], draw.normal(14, 4)
        found[person] = [
            (f"p{person}", timepoint, arm, "mood", round(float(first + draw.normal(0, 3) - place * (1 + person % 2)), 1))
            for place, timepoint in enumerate(("baseline", "week-6", "week-12"))
            if place == 0 or draw.random() >= missing
        ]  # fmt: skip
    return found


def rows_of(everybody, chosen):
    return [row for person in chosen for row in everybody[person]]


def site_of(rows, plan):
    with open_workspace() as connection:
        return site(prepared(connection, stage(connection, rows, plan, "rows"), plan), HASH)


def answer(sites, plan):
    with open_workspace() as connection:
        asked = questions(connection, plan)
    return together(sites, plan, asked, evaluated_at="2026-01-31T12:00:00+00:00", versions={})


def pooled(rows, plan):
    with open_workspace() as connection:
        staged = stage(connection, rows, plan, "rows")
        provenance = Provenance(
            "2026-01-31T12:00:00+00:00", Data("t", "", "rows", ""), PlanSource("p", ""), {}
        )
        return evaluate(connection, staged, plan, provenance)


def exact(rows, plan):
    """Every cell, also those that no service would hand on."""
    with open_workspace() as connection:
        prepared(connection, stage(connection, rows, plan, "rows"), plan)
        about = question(plan, 0)
        return summed(connection, view_of(connection, about, {}), about)


MODELS = {
    "clda": "",
    "mmrm": 'kind = "mmrm"',
    "a covariance for each arm": "covariance_by_arm = true",
    "another structure": 'covariance = "cs"\ndf = "satterthwaite"',
}


@pytest.mark.parametrize("model", MODELS)
def test_federated_is_pooled(model):
    """Complete data: nothing is withheld, and three services give what the rows of all give."""
    plan, everybody = plan_of(MODELS[model]), people(60, missing=0.0)
    parts = (range(20), range(20, 36), range(36, 60))
    sites = [(f"s{n}", site_of(rows_of(everybody, part), plan)) for n, part in enumerate(parts)]
    found, whole = answer(sites, plan), pooled(rows_of(everybody, everybody), plan)
    assert [one.withheld for one in found.sites] == [{"mood": 0}] * 3
    model, expected = found.mixed["mood"], whole.mixed.models["mood"]
    assert isinstance(model, MixedModel)
    assert (model.people, model.observations) == (expected.people, expected.observations)
    assert math.isclose(model.log_likelihood, expected.log_likelihood, rel_tol=1e-9)
    for timepoint, one in expected.differences["programme"].items():
        mine = model.differences["programme"][timepoint].difference
        for number in ("estimate", "se", "df", "p", "low", "high"):
            assert math.isclose(
                getattr(mine, number), getattr(one.difference, number), rel_tol=1e-9, abs_tol=1e-9
            )
    for arm, means in expected.means.items():
        for timepoint, mean in means.items():
            assert math.isclose(model.means[arm][timepoint].mean, mean.mean, rel_tol=1e-9)


def test_one_service_or_three_are_the_same_to_the_last_bit():
    plan, everybody = plan_of(), people(60, missing=0.0)
    alone = answer([("all", site_of(rows_of(everybody, everybody), plan))], plan)
    parts = [("a", range(30)), ("b", range(30, 60))]
    both = answer([(name, site_of(rows_of(everybody, part), plan)) for name, part in parts], plan)
    assert both.mixed == alone.mixed


@settings(max_examples=6, deadline=None)
@given(assigned=st.lists(st.integers(0, 2), min_size=28, max_size=28), seed=st.integers(0, 10**6))
def test_any_split_adds_up(assigned, seed):
    """Every cell of every service, the rare ones too, in whatever order."""
    plan, everybody = plan_of(), people(40, seed=seed % 7, missing=0.4)
    assigned = [*assigned, *(place // 4 for place in range(12))]
    parts = []
    for service in range(3):
        mine = [person for person, where in enumerate(assigned) if where == service]
        rows = rows_of(everybody, mine)
        assume(
            {(row[1], row[2]) for row in rows} >= {(t, "usual") for t in ("baseline", "week-6", "week-12")}
        )
        random.Random(seed).shuffle(rows)
        parts.append(exact(rows, plan)[1])
    one, two, three = parts
    whole = exact(rows_of(everybody, everybody), plan)[1]
    assert (one + two) + three == three + (two + one) == whole
    assert ((one + two) + three).fingerprint == whole.fingerprint
    assert collapsed(whole).people == 40


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6), fewest=st.sampled_from([3, 5, 9]))
def test_everybody_is_handed_on_or_counted(seed, fewest):
    everybody = people(30, seed=seed, missing=0.35)
    plan = plan_of().model_copy(
        update={"federated": plan_of().federated.model_copy(update={"fewest": fewest})}
    )
    found = site_of(rows_of(everybody, everybody), plan)
    sums = found.sums["mood"]
    assert sums.people + sums.withheld == 30
    assert all(cell.n >= fewest for cell in sums.cells)
    counts = [count for one in found.change["mood"].values() if one for count in one]
    assert all(count == 0 or count >= fewest for count in counts)
    assert "p1" not in site_text(found)


def test_the_order_of_sites_and_rows_changes_nothing():
    plan, everybody = plan_of(), people(80)
    halves = [("a.json", range(40)), ("b.json", range(40, 80))]
    sites = [(name, site_of(rows_of(everybody, part), plan)) for name, part in halves]
    shuffled = [(name, site_of(rows_of(everybody, reversed(part)), plan)) for name, part in halves]
    assert [fingerprint(one) for _, one in sites] == [fingerprint(one) for _, one in shuffled]
    first, second = answer(sites, plan), answer(list(reversed(shuffled)), plan)
    assert documents(first) == documents(second)


def test_what_was_withheld_is_said():
    plan, everybody = plan_of(), people(40, missing=0.3)
    found = answer([("a.json", site_of(rows_of(everybody, everybody), plan))], plan)
    (one,) = found.sites
    assert one.withheld["mood"] > 0
    page = documents(found)["report.html"]
    assert f"the sums of {one.withheld['mood']} people were withheld" in page
    assert "medians, quartiles" in page
    assert one.fingerprint in page
    assert json.loads(documents(found)["results.json"])["sites"][0]["people"] == one.people


def test_a_category_that_few_share_is_withheld_with_its_cell():
    """n = 9, of whom 2 are in the second category: their sums would be theirs alone."""
    plan = parse_plan(
        (PLAN.format(model='covariates = ["sex"]') + "\n[federated.levels]\nsex = ['f', 'm']").encode(),
        "plan.toml",
    )
    with open_workspace() as connection:
        made = questions(connection, plan)["mood"][1]
    marks = [place for place, one in enumerate(made.steady) if [name for name, _ in one.levels] == ["x0"]]
    size = len(made.steady) + 1

    def cell(n, second):
        sums = np.zeros((size, size), dtype=int)
        sums[0, 0] = n
        for mark in marks:
            sums[0, mark] = sums[mark, mark] = second
        return Cell(Key((0,), 0, ""), n, 0, tuple(sums[np.triu_indices(size)].tolist()))

    assert points_at_somebody(cell(9, 2), made, 3)
    assert points_at_somebody(cell(9, 7), made, 3)
    assert not points_at_somebody(cell(9, 4), made, 3)
    assert not points_at_somebody(cell(9, 9), made, 3)
    assert points_at_somebody(cell(2, 2), made, 3)


def test_the_plan_in_the_manual_is_one():
    manual = (Path(__file__).parents[3] / "docs" / "federated.md").read_text(encoding="utf-8")
    plan = parse_plan(re.search(r"```toml\n(.*?)```", manual, re.DOTALL)[1].encode(), "docs/federated.md")
    with open_workspace() as connection:
        assert list(questions(connection, plan)) == ["mood"]
    assert plan.federated.fewest == 5


# What is refused


def test_data_outside_the_agreed_range():
    plan, everybody = plan_of(), people(20)
    for value in (61.0, -20.1, 3.14):
        rows = [
            (*row[:4], value) if number == 7 else row
            for number, row in enumerate(rows_of(everybody, everybody))
        ]
        with pytest.raises(BadInput, match="leaves its agreed range -20 to 60, 1 decimals"):
            site_of(rows, plan)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("range = ", "must agree on a range"),
        ('kind = "ancova"', "analysis of covariance"),
        ('vcov = "CR2"', "needs people's rows"),
        ('covariates = ["age"]', "either ranges or levels"),
    ],
)
def test_plans_that_leave_something_to_the_data(change, reason):
    text = PLAN.format(model="" if change.startswith("range") else change)
    if change.startswith("range"):
        text = "\n".join(line for line in text.splitlines() if not line.startswith(change))
    with open_workspace() as connection, pytest.raises(BadInput, match=reason):
        questions(connection, parse_plan(text.encode(), "plan.toml"))


def test_a_site_counts_once():
    plan, everybody = plan_of(), people(40)
    one = site_of(rows_of(everybody, everybody), plan)
    with pytest.raises(BadInput, match=r"b.json: holds the same summaries as a.json: a site counts once"):
        answer([("a.json", one), ("b.json", replace(one))], plan)


def test_nobody_measured_at_a_timepoint():
    plan, everybody = plan_of(), people(40)
    one = site_of(rows_of(everybody, everybody), plan)
    fewer = replace(
        one.sums["mood"], cells=tuple(c for c in one.sums["mood"].cells if 2 not in c.key.observed)
    )
    found = answer([("a", replace(one, sums={"mood": fewer}))], plan)
    assert found.mixed["mood"] == NotEstimable("no sums of people measured at week-12 were handed on")
    assert "not estimable" in documents(found)["report.html"]


@pytest.fixture(scope="module")
def good():
    plan, everybody = plan_of(), people(60, missing=0.1)
    return site_text(site_of(rows_of(everybody, everybody), plan))


def tampered(good, change):
    found = json.loads(good)
    change(found)
    return json.dumps(found)


def cells(found):
    return found["outcomes"]["mood"]["cells"]


def set_to(place, value):
    def change(found):
        cells(found)[0][place] = value

    return change


def add_to_sum(place, amount):
    def change(found):
        cells(found)[0][3][place] += amount

    return change


BAD = {
    "nothing": lambda good: "",
    "no JSON": lambda good: good[:-9],
    "a list": lambda good: "[]",
    "deep nesting": lambda good: "[" * 200_000,
    "another file": lambda good: '{"a": 1}',
    "NaN": lambda good: good.replace('"withheld":', '"withheld":NaN,"x":', 1),
    "a key twice": lambda good: good.replace('"withheld":', '"withheld":0,"withheld":', 1),
    "a long number": lambda good: good.replace('"withheld":', '"withheld":' + "9" * 6000 + ',"x":', 1),
    "another plan": lambda good: good.replace(HASH, "1" * 64),
    "another version": lambda good: tampered(good, lambda f: f.update(allay_summaries=2)),
    "other outcomes": lambda good: tampered(good, lambda f: f["outcomes"].update(pain={})),
    "another range": lambda good: tampered(good, lambda f: f["outcomes"]["mood"].update(meaning="x")),
    "cells of text": lambda good: tampered(good, lambda f: f["outcomes"]["mood"].update(cells="x")),
    "a negative count": lambda good: tampered(good, set_to(2, -5)),
    "a count too small": lambda good: tampered(good, set_to(2, 2)),
    "a count that is a truth value": lambda good: tampered(good, set_to(2, True)),
    "a fraction of people": lambda good: tampered(good, set_to(2, 7.5)),
    "withheld less than nobody": lambda good: tampered(good, lambda f: f["outcomes"]["mood"].update(withheld=-1)),
    "an arm that is not there": lambda good: tampered(good, set_to(1, 7)),
    "a timepoint that is not there": lambda good: tampered(good, set_to(0, [0, 9])),
    "timepoints in disorder": lambda good: tampered(good, set_to(0, [1, 0, 2])),
    "a pattern twice": lambda good: tampered(good, lambda f: cells(f).append(cells(f)[0])),
    "a sum too few": lambda good: tampered(good, lambda f: cells(f)[0][3].pop()),
    "a sum that is text": lambda good: tampered(good, lambda f: cells(f)[0][3].__setitem__(4, "7")),
    "a huge sum": lambda good: tampered(good, add_to_sum(4, 2**130)),
    "the constant": lambda good: tampered(good, add_to_sum(0, 1)),
    "an odd sum of squares": lambda good: tampered(good, add_to_sum(-1, 1)),
    "a sum of squares too small": lambda good: tampered(good, lambda f: cells(f)[0][3].__setitem__(-1, 0)),
    "a product too large": lambda good: tampered(good, add_to_sum(-2, 10**9)),
    "change of other arms": lambda good: tampered(good, lambda f: f["outcomes"]["mood"].update(change={})),
    "change of few": lambda good: tampered(good, lambda f: f["outcomes"]["mood"]["change"].update(usual=[1, 9, 9])),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_bad_files_are_refused_in_one_line(good, tmp_path, bad):
    plan = plan_of()
    with open_workspace() as connection:
        meant = {score: (made, header) for score, (_, made, header) in questions(connection, plan).items()}
    path = tmp_path / "site.json"
    path.write_text(good, encoding="utf-8")
    assert site_text(read_site(path, plan, HASH, meant)) == good
    path.write_text(BAD[bad](good), encoding="utf-8")
    with pytest.raises(BadInput) as fault:
        read_site(path, plan, HASH, meant)
    assert str(fault.value).startswith(str(path))
    assert len(str(fault.value).splitlines()) == 1


def test_files_too_large_are_not_read(good, tmp_path):
    plan, path = plan_of(), tmp_path / "site.json"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(BadInput, match="is larger than summaries can be"):
        read_site(path, plan, HASH, {})
    with pytest.raises(BadInput, match="cannot be read"):
        read_site(tmp_path / "none.json", plan, HASH, {})
    with pytest.raises(BadInput, match="is not a file"):
        read_site(tmp_path, plan, HASH, {})
