"""Formulas are parsed into terms, and never run."""

import numpy as np
import pytest

from allay.science.evaluation.models.design import design
from allay.science.evaluation.models.errors import BadModel
from allay.science.evaluation.models.formula import parse
from allay.science.evaluation.models.variables import Factor, Number

VISIT = Factor("visit", ("1", "2", "3"), (0, 1, 2))
ARM = Factor("arm", ("0", "1"))
SITE = Factor("site", ("a", "b", "c"))
X = Number("x", 5.0)


def names(text, **variables):
    known = {"visit": VISIT, "arm": ARM, "site": SITE, "x": X} | variables
    return list(design(parse(text), known, 3).names)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("y ~ x", [("x",)]),
        ("y ~ 1", []),
        ("y~a*b", [("a",), ("b",), ("a", "b")]),
        ("y ~ a:b + a", [("a",), ("a", "b")]),
        ("y ~ (a + b)*c", [("a",), ("b",), ("c",), ("a", "c"), ("b", "c")]),
        ("y ~ a*b*c", [("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]),
        ("y ~ b:a + a:b", [("b", "a")]),
        ("y ~ a:a", [("a",)]),
        ("`my outcome` ~ `week 6`", [("week 6",)]),
        ("y ~ größe.cm", [("größe.cm",)]),
    ],
)
def test_terms(text, terms):
    assert list(parse(text).terms) == terms


@pytest.mark.parametrize(("text", "intercept"), [("y ~ a", True), ("y ~ 0 + a", False), ("y ~ a - 1", False)])
def test_intercept(text, intercept):
    assert parse(text).intercept is intercept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "y",
        "~ x",
        "y ~",
        "y ~ x +",
        "y ~ + ",
        "y ~ x ~ z",
        "y ~ log(x)",
        "y ~ __import__('os').system('id')",
        "y ~ x; import os",
        "y ~ x | id",
        "y ~ x^2",
        "y ~ x[0]",
        "y ~ 2*x",
        "y ~ (x",
        "y ~ x)",
        "y ~ x - z",
        "y ~ y + x",
        "y ~ lambda: 1",
        "y ~ {x}",
        "log(y) ~ x",
        "y ~ us(visit|id)",
        "y ~ " + "(" * 50 + "x" + ")" * 50,
        "y ~ " + "*".join("abcdefghijkl"),
        "y ~ " + "x + " * 2000 + "x",
    ],
)
def test_what_is_no_formula_is_refused_in_one_line(text):
    with pytest.raises(BadModel) as fault:
        parse(text)
    assert len(str(fault.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (
            "y ~ x + arm*visit",
            ["(Intercept)", "x", "arm1", "visit2", "visit3", "arm1:visit2", "arm1:visit3"],
        ),
        ("y ~ 0 + arm", ["arm0", "arm1"]),
        ("y ~ 0 + arm + visit", ["arm0", "arm1", "visit2", "visit3"]),
        (
            "y ~ visit + visit:arm",
            ["(Intercept)", "visit2", "visit3", "visit1:arm1", "visit2:arm1", "visit3:arm1"],
        ),
        ("y ~ arm:visit", ["(Intercept)", *(f"arm{a}:visit{v}" for v in (1, 2, 3) for a in (0, 1))]),
        ("y ~ x:arm", ["(Intercept)", "x:arm0", "x:arm1"]),
        ("y ~ site*arm", ["(Intercept)", "siteb", "sitec", "arm1", "siteb:arm1", "sitec:arm1"]),
    ],
)
def test_names_and_coding_are_those_of_r(text, columns):
    assert names(text) == columns


def test_shifted_numbers_span_the_same_space():
    made = design(parse("y ~ x*arm"), {"x": X, "arm": ARM, "visit": VISIT}, 3)
    np.testing.assert_allclose(made.centred @ made.change, made.restriction, atol=1e-12)


def test_a_factor_without_effect_at_the_first_visit():
    made = design(parse("y ~ x + arm*visit"), {"visit": VISIT, "arm": ARM, "x": X}, 3, "arm")
    assert list(made.names) == ["(Intercept)", "x", "visit2", "visit3", "arm1:visit2", "arm1:visit3"]


@pytest.mark.parametrize("text", ["y ~ x + visit", "y ~ arm + visit", "y ~ x*arm + arm*visit"])
def test_constraints_that_make_no_sense(text):
    with pytest.raises(BadModel):
        design(parse(text), {"visit": VISIT, "arm": ARM, "x": X}, 3, "arm")
