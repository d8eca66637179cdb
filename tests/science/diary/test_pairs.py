"""Days become pairs: gaps stay gaps, dates are days, and nothing depends on the order of rows."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from allay.science.diary.compliance import compliance
from allay.science.diary.entries import Columns, read
from allay.science.diary.pairs import pairs
from allay.science.evaluation.errors import BadInput
from allay.science.evaluation.models.errors import BadModel, Unestimable

TWO = Columns(("a", "b"), person="id")


def summed(columns, of=TWO):
    with read(columns, of) as entries:
        return pairs(entries)


def kept(columns, of=TWO, days=None):
    with read(columns, of) as entries:
        return compliance(entries, days)


def table(rows):
    names = ("id", "day", "a", "b")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def made(people=4, days=20, seed=1):
    random = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        for day in range(days):
            if random.random() < 0.75:
                values = [round(float(value), 1) for value in random.normal(5, 2, 2)]
                rows.append((person, day, *(None if random.random() < 0.1 else value for value in values)))
    return rows


def by_hand(rows):
    """The same sums, row by row."""
    people = sorted({row[0] for row in rows})
    known = {(row[0], row[1]): np.array([np.nan if v is None else v for v in row[2:]], float) for row in rows}
    means = {p: np.nanmean([v for (who, _), v in known.items() if who == p], axis=0) for p in people}
    found = {}
    for (who, day), today in known.items():
        before = known.get((who, day - 1))
        if before is None or np.isnan(before).any() or np.isnan(today).all():
            continue
        answered = tuple(bool(one) for one in ~np.isnan(today))
        row = np.concatenate([[1], before - means[who], np.nan_to_num(today)])
        found.setdefault((who, answered), []).append(row)
    return {key: np.array(rows).T @ np.array(rows) for key, rows in found.items()}


def test_the_sums_are_those_by_hand():
    rows = made()
    sums, wanted = summed(table(rows)), by_hand(rows)
    assert len(sums.n) == len(wanted)
    shift = np.concatenate([np.zeros(3), sums.shift])
    for place in range(len(sums.n)):
        answered = tuple(sums.answered[place].tolist())
        back = np.eye(5)
        back[3:, 0] = np.where(answered, shift[3:], 0)  # unanswered values stand as nought
        product = back @ sums.products[place] @ back.T
        expected = wanted[sums.people[sums.person[place]], answered]
        known = [True, True, True, *answered]
        np.testing.assert_allclose(product[known][:, known], expected[known][:, known], atol=1e-9)
        assert sums.n[place] == expected[0, 0]


def test_shuffled_rows_give_the_same_bits():
    rows = made(8, 40)
    first = summed(table(rows))
    np.random.default_rng(3).shuffle(rows)
    second = summed(table(rows))
    assert first.fingerprint == second.fingerprint
    assert (first.products == second.products).all()


def test_dates_are_days_across_a_clock_change_and_a_leap_day():
    start = date(2028, 2, 26)
    dates = [(1, start + timedelta(days=n), n % 3, n % 5) for n in (0, 1, 2, 3, 5, 6)]
    numbers = [(1, n, n % 3, n % 5) for n in (0, 1, 2, 3, 5, 6)]
    assert summed(table(dates)).n.tolist() == summed(table(numbers)).n.tolist() == [4]
    spring = [(1, date(2026, 3, day), day % 3, day % 5) for day in (27, 28, 29, 30)]
    assert summed(table(spring)).n.sum() == 3


def test_times_are_refused():
    rows = [(1, datetime(2026, 3, day, 23, 30), 1.0, 2.0) for day in (1, 2, 3)]
    with pytest.raises(BadModel, match="own calendar day"):
        summed(table(rows))


def test_dates_that_another_program_wrote_as_midnights():
    rows = [(1, datetime(2026, 3, day), 1.0, float(day)) for day in (28, 29, 30)]
    assert summed(table(rows)).n.sum() == 2


def test_a_day_twice_is_refused_and_named():
    rows = [*made(), (0, 3, 1.0, 1.0), (0, 3, 1.0, 1.0)]
    with pytest.raises(BadInput, match='"0" has several rows on day "3"'):
        summed(table(rows))


def test_infinite_values_are_refused():
    with pytest.raises(BadInput, match="column b: holds infinite values"):
        summed(table([(1, 1, 1.0, float("inf")), (1, 2, 1.0, 2.0)]))


@pytest.mark.parametrize("size", [1e-200, 1e140])
def test_numbers_beyond_squares_are_refused(size):
    with pytest.raises(BadInput, match="column a: holds numbers too large or too small"):
        summed(table([(1, day, day * size, 1.0) for day in range(1, 5)]))


@pytest.mark.parametrize(
    "columns, problem",
    [
        (table([(1, "monday", 1.0, 2.0)]), "neither dates nor whole numbers"),
        (table([(1, 1.5, 1.0, 2.0), (1, 2.0, 1.0, 2.0)]), "not whole"),
        (table([(1, 1, "much", 2.0)]), "not a column of numbers"),
        ({"id": [1], "day": [1], "a": [1]}, 'no column "b"'),
    ],
)
def test_columns_that_cannot_be_used(columns, problem):
    with pytest.raises(BadModel, match=problem):
        summed(columns)


def test_nobody_and_nothing():
    with pytest.raises(Unestimable, match="person and a day"):
        summed({"id": [None], "day": [1], "a": [1], "b": [2]})
    with pytest.raises(Unestimable, match='"b" was never answered'):
        summed({"id": [1, 1], "day": [1, 2], "a": [1.0, 2.0], "b": [float("nan"), float("nan")]})


def test_hostile_names_are_names():
    name = 'a"); DROP TABLE x; --'
    columns = {"__class__": ["x'); --"] * 3, "day": [1, 2, 3], name: [1, 2, 3]}
    assert summed(columns, Columns((name,), person="__class__")).n.tolist() == [2]


def test_values_far_from_nought_and_very_large():
    rows = made(6, 40)
    near = summed(table(rows))
    far = [(who, day, a and a + 1e6, b and b * 1e8) for who, day, a, b in rows]
    moved = summed(table(far))
    scale = np.array([1, 1, 1e8, 1, 1e8])
    cell = near.answered.all(axis=1)
    shifted = near.products[cell] * np.outer(scale, scale)
    change = np.eye(5)
    change[3:, 0] = near.shift * scale[3:] + [1e6, 0] - moved.shift
    np.testing.assert_allclose(moved.products[cell], change @ shifted @ change.T, rtol=1e-7, atol=1e-2)


def diary_of(rows):
    names = ("id", "day", "a", "b", "arm", "let")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


KEPT = Columns(("a", "b"), person="id", arm="arm", not_today="let")
DAYS = [
    (1, 10, 1.0, 2.0, "x", False),
    (1, 11, 1.0, 2.0, "x", False),
    (1, 12, None, None, "x", True),
    (1, 13, 3.0, None, "x", False),
    (1, 18, 3.0, 1.0, "x", False),
    (2, 40, 1.0, 2.0, "y", False),
    (2, 41, None, None, "y", False),
]


def test_compliance_by_rows():
    found = kept(diary_of(DAYS), KEPT)
    first, second = found.people
    assert vars(first) == {
        "person": 1, "arm": "x", "asked": 5, "answered": 4, "not_today": 1, "usable_pairs": 1,
    }  # fmt: skip
    assert (second.asked, second.answered, second.not_today, second.usable_pairs) == (2, 1, 0, 0)
    assert [(one.arm, one.people, one.asked, one.answered) for one in found.arms] == [
        ("all", 2, 7, 5),
        ("x", 1, 5, 4),
        ("y", 1, 2, 1),
    ]
    assert [(one.arm, one.week, one.people, one.asked, one.answered) for one in found.weeks] == [
        ("all", 1, 2, 6, 4),
        ("all", 2, 1, 1, 1),
        ("x", 1, 1, 4, 3),
        ("x", 2, 1, 1, 1),
        ("y", 1, 1, 2, 1),
    ]


def test_compliance_of_days_that_everybody_was_asked():
    found = kept(diary_of(DAYS), KEPT, days=8)
    assert [(one.asked, one.answered) for one in found.people] == [(8, 3), (8, 1)]
    assert [(one.week, one.asked) for one in found.weeks if one.arm == "all"] == [(1, 14), (2, 2)]


def test_a_person_in_two_arms_is_refused():
    rows = [*DAYS, (1, 20, 1.0, 1.0, "y", False)]
    with pytest.raises(BadInput, match='"1" is in several arms'):
        kept(diary_of(rows), KEPT)
