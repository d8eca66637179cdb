"""A small simulation: the promises of docs/looking-back.md, at bounds that a broken interval would leave."""

import numpy as np
import pytest

from benchmarks.looking_back import measure
from tests.reference.looking_back.worlds import WORLDS, truth, types

PEOPLE = 150
BY_NAME = {world.name: world for world in WORLDS}


@pytest.fixture(autouse=True)
def short_truth(monkeypatch):
    monkeypatch.setattr("tests.reference.looking_back.worlds.LONG", 20_000)


@pytest.mark.parametrize("name", ["none", "moods last long", "many ties"])
def test_intervals_hold_and_few_are_told_what_is_not_so(name):
    found = measure(BY_NAME[name], PEOPLE, 4, seed=11)
    assert found.intervals > 3 * PEOPLE
    assert 0.925 <= found.held / found.intervals <= 0.985
    assert found.shared / found.intervals >= 0.975
    assert found.told / PEOPLE <= 0.08


def test_strong_links_are_found_and_their_way_is_right():
    found = measure(BY_NAME["strong"], PEOPLE, 4, seed=12)
    assert 0.92 <= found.held / found.intervals <= 0.985
    assert found.told / PEOPLE > 0.5
    assert found.wrong_way == 0


def test_an_interval_that_ignores_how_days_follow_each_other_would_be_seen():
    """The bounds above mean something: the textbook's interval is outside them where moods last."""
    from benchmarks._looking_back_rivals import independent

    found = measure(BY_NAME["moods last long"], PEOPLE, 4, seed=11, interval=independent)
    assert found.held / found.intervals < 0.9
    assert found.told / PEOPLE > 0.15


def test_worlds_without_links_have_none():
    random = np.random.default_rng(2)
    (kind,) = types(BY_NAME["none"], 1, random)
    assert set(truth(kind, random).values()) == {0.0}
    (kind,) = types(BY_NAME["strong"], 1, random)
    assert truth(kind, random)["mood~practice:any"] > 0.3
