"""What must not change when the data are told differently, and closed forms."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from allay.science.evaluation.models import BadModel, by_columns, from_json, mmrm
from tests.science.models.trials import changed, kept, model_matrix, trial

FORMULA = "y ~ x + arm*visit"


def fit(data, formula=FORMULA, **options):
    return mmrm(data, formula, subject="id", visit="visit", **options)


def numbers(found):
    return np.array([[one.estimate, one.se, one.df] for one in found.coefficients()])


@pytest.fixture(scope="module")
def columns():
    return trial(50, 4)


@pytest.fixture(scope="module")
def plain(columns):
    return fit(columns)


def test_the_order_of_rows_changes_no_bit(columns, plain):
    shuffled = kept(columns, np.random.default_rng(5).permutation(len(columns["y"])))
    found = fit(shuffled)
    assert found.summaries.fingerprint == plain.summaries.fingerprint
    assert (numbers(found) == numbers(plain)).all()


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_number_of_threads_changes_no_bit(columns, plain, threads):
    many = {name: values * 1 for name, values in columns.items()}
    connection = duckdb.connect(config={"threads": str(threads)})
    connection.register("held", {name: np.array(values, dtype=object) for name, values in many.items()})
    connection.execute("CREATE TABLE trial AS SELECT * FROM held")
    assert fit((connection, "trial")).summaries.fingerprint == plain.summaries.fingerprint


def test_numbers_without_fixed_decimals_are_as_reproducible(columns):
    odd = changed(columns, y=lambda c: [v * np.pi for v in c["y"]], x=lambda c: [v / 3 for v in c["x"]])
    shuffled = kept(odd, np.random.default_rng(5).permutation(len(odd["y"])))
    assert fit(odd).summaries.fingerprint == fit(shuffled).summaries.fingerprint


def test_people_may_have_other_names(columns, plain):
    found = fit(changed(columns, id=lambda c: [f"person {100 - person}" for person in c["id"]]))
    assert found.summaries.fingerprint == plain.summaries.fingerprint


def test_visits_may_have_other_names(columns, plain):
    found = fit(changed(columns, visit=lambda c: ["abcd"[visit - 1] for visit in c["visit"]]))
    np.testing.assert_allclose(numbers(found), numbers(plain), rtol=1e-12)


def test_visits_in_another_order_are_the_same_unstructured_model(columns, plain):
    found = fit(columns, levels={"visit": ["1", "3", "4", "2"]})
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)
    assert [one.name for one in found.differences()] == [one.name for one in plain.differences()]
    for one in found.differences():
        other = next(other for other in plain.differences() if other.visit == one.visit)
        assert one.estimate == pytest.approx(other.estimate, rel=1e-9)
        assert one.df == pytest.approx(other.df, rel=1e-7)


def test_somebody_without_any_outcome_changes_nothing(columns, plain):
    more = {name: [*values, values[0]] for name, values in columns.items()}
    more["id"][-1], more["y"][-1] = 999, None
    found = fit(more)
    assert found.summaries.fingerprint == plain.summaries.fingerprint
    assert (numbers(found) == numbers(plain)).all()


def test_a_shift_of_the_outcome_moves_the_intercept_only(columns, plain):
    found = numbers(fit(changed(columns, y=lambda c: [v + 17 for v in c["y"]])))
    wanted = numbers(plain)
    wanted[0, 0] += 17
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


RANGES = {"x": (-4.0, 4.0, 2), "y": (0.0, 80.0, 1)}


def sites(columns):
    halves = []
    for start in (0, 40):
        ours = [row for row, person in enumerate(columns["id"]) if start <= person < start + 40]
        halves.append(fit(kept(columns, ours), ranges=RANGES))
    return halves


def test_sites_with_agreed_ranges_add_up_to_the_last_bit():
    columns = trial(80, 3, missing=0.1)
    one, other = sites(columns)
    whole = fit(columns, ranges=RANGES)
    pooled = one.again(one.summaries + other.summaries)
    assert pooled.summaries.fingerprint == whole.summaries.fingerprint
    assert (numbers(pooled) == numbers(whole)).all()
    assert [row.estimate for row in pooled.marginal_means()] == [
        row.estimate for row in whole.marginal_means()
    ]
    np.testing.assert_allclose(numbers(pooled), numbers(fit(columns)), rtol=1e-8)


def test_sites_without_agreed_ranges_cannot_be_added():
    columns = trial(80, 3)
    one, other = (
        fit(kept(columns, [r for r, p in enumerate(columns["id"]) if p % 2 == side])) for side in (0, 1)
    )
    with pytest.raises(BadModel):
        one.summaries + other.summaries


def test_withheld_people_are_told():
    one, other = sites(trial(80, 3))
    pooled = one.again(one.summaries.without_rare(5) + other.summaries.without_rare(5))
    assert "withheld" in pooled.warnings[0]


def test_values_outside_the_agreed_range(columns):
    with pytest.raises(BadModel):
        fit(columns, ranges={"y": (0.0, 20.0, 1)})


def test_summaries_of_the_same_ranges_add_up():
    columns = trial(40, 3)
    other = changed(columns, id=lambda c: [person + 1000 for person in c["id"]])
    both = {name: [*columns[name], *other[name]] for name in columns}
    one = fit(columns).summaries
    assert (one + one).fingerprint == fit(both).summaries.fingerprint


def test_summaries_survive_a_file(plain):
    assert from_json(plain.summaries.to_json()) == plain.summaries


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"header": 1, "cells": [], "withheld": 0}'])
def test_what_is_no_file_of_summaries(text):
    with pytest.raises(BadModel):
        from_json(text)


def test_rare_patterns_are_withheld_and_counted(plain):
    shown = plain.summaries.without_rare(5)
    assert all(cell.n >= 5 for cell in shown.cells)
    assert shown.withheld + shown.people == plain.summaries.people
    assert shown.withheld > 0


def test_csv_parquet_and_columns_are_the_same(columns, plain, tmp_path: Path):
    connection = duckdb.connect()
    connection.register("held", {name: np.array(values) for name, values in columns.items()})
    for format_ in ("csv", "parquet"):
        path = tmp_path / f"trial.{format_}"
        connection.execute(f"COPY held TO '{path}'")
        found = fit(path)
        np.testing.assert_allclose(numbers(found), numbers(plain), rtol=1e-12)
    np.testing.assert_allclose(numbers(fit(connection.table("held"))), numbers(plain), rtol=1e-12)


def test_complete_data_are_least_squares_at_each_visit():
    columns = trial(40, 3, missing=0.0)
    found = fit(columns, "y ~ arm*visit", df="satterthwaite")
    for place, one in enumerate(found.differences()):
        now = [row for row, visit in enumerate(columns["visit"]) if visit == place + 1]
        y, arm = np.array(columns["y"])[now], np.array(columns["arm"])[now]
        pooled = sum(((y[arm == a] - y[arm == a].mean()) ** 2).sum() for a in (0, 1)) / (len(y) - 2)
        assert one.estimate == pytest.approx(y[arm == 1].mean() - y[arm == 0].mean(), rel=1e-8)
        assert one.se == pytest.approx(np.sqrt(pooled * (1 / 20 + 1 / 20)), rel=1e-8)
        assert one.df == pytest.approx(38, rel=1e-6)


def test_two_complete_visits_of_one_arm_are_a_paired_t_test():
    columns = trial(30, 2, missing=0.0)
    found = fit(columns, "y ~ visit").coefficients()[1]
    y = np.array(columns["y"])
    change = y[1::2] - y[::2]
    assert found.estimate == pytest.approx(change.mean(), rel=1e-8)
    assert found.se == pytest.approx(change.std(ddof=1) / np.sqrt(30), rel=1e-8)
    assert found.df == pytest.approx(29, rel=1e-6)


def test_one_visit_is_ordinary_least_squares():
    columns = trial(40, 1)
    found = fit(columns, "y ~ x + arm")
    x, _ = model_matrix(columns, ["x"], interaction=False)
    y = np.array(columns["y"])
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    variance = ((y - x @ beta) ** 2).sum() / 37 * np.linalg.inv(x.T @ x)
    np.testing.assert_allclose(numbers(found)[:, 0], beta, rtol=1e-9)
    np.testing.assert_allclose(numbers(found)[:, 1], np.sqrt(np.diag(variance)), rtol=1e-8)
    np.testing.assert_allclose(numbers(found)[:, 2], 37, rtol=1e-6)


def test_one_joint_row_is_the_square_of_t(plain):
    last = plain.coefficients()[-1]
    row = np.zeros((1, len(plain.names)))
    row[0, -1] = 1
    test = plain.joint_rows(row)
    assert test.statistic == pytest.approx(last.t**2, rel=1e-8)
    assert test.denominator == pytest.approx(last.df, rel=1e-8)
    assert test.p == pytest.approx(last.p, rel=1e-6)


def test_a_covariate_that_moves_within_people(columns):
    moved = changed(
        columns, z=lambda c: [round(0.1 * v * (p % 3), 1) for p, v in zip(c["id"], c["visit"], strict=True)]
    )
    found = fit(moved, "y ~ x + z + arm*visit", df="satterthwaite")
    x, _ = model_matrix(moved, ["x", "z"])
    people, visits = np.array(moved["id"]), np.array(moved["visit"]) - 1
    sigma = found.solution.covariances[0]
    v = np.where(people[:, None] == people[None, :], sigma[visits[:, None], visits[None, :]], 0)
    phi = np.linalg.inv(x.T @ np.linalg.solve(v, x))
    beta = phi @ x.T @ np.linalg.solve(v, np.array(moved["y"]))
    np.testing.assert_allclose(numbers(found)[:, 0], beta, rtol=1e-7)
    np.testing.assert_allclose(numbers(found)[:, 1], np.sqrt(np.diag(phi)), rtol=1e-7)


def test_numbers_that_follow_the_visit_are_codes_of_the_visit(columns):
    straight = fit(columns, "y ~ x + week")
    assert straight.names == ("(Intercept)", "x", "week")
    later = fit(changed(columns, week=lambda c: [week + 1e6 for week in c["week"]]), "y ~ x + week")
    np.testing.assert_allclose(numbers(later)[1:], numbers(straight)[1:], rtol=1e-7)


def test_columns_make_the_usual_formula():
    assert by_columns("y", arm="arm", visit="visit", covariates=["x"]) == "`y` ~ `x` + `arm`*`visit`"
