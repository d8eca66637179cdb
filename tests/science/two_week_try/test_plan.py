"""The draw: the same from the same seed, both blocks of a pair equally long, every plan equally likely."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from allay.science.two_week_try import Block, arm_on, draw, last_day, place_on, spans

seeds = st.integers(0, 2**31 - 1)
first_days = st.dates(date(2025, 1, 1), date(2030, 1, 1))


@given(seeds)
def test_a_plan_is_fourteen_days_in_two_balanced_pairs(seed):
    blocks = draw(seed)
    assert [sorted(block.arm for block in blocks[at : at + 2]) for at in (0, 2)] == [["first", "second"]] * 2
    assert blocks[0].days == blocks[1].days
    assert blocks[2].days == blocks[3].days
    assert sorted(block.days for block in blocks) == [3, 3, 4, 4]


def test_the_same_seed_gives_the_same_plan_for_ever():
    written_by_hand = [Block("second", 4), Block("first", 4), Block("first", 3), Block("second", 3)]
    assert list(draw(0b1011)) == list(draw(0b0011)) == written_by_hand


def test_all_eight_plans_come_equally_often():
    assert set(Counter(draw(seed) for seed in range(800)).values()) == {100}
    assert len({draw(seed) for seed in range(8)}) == 8


@given(seeds, first_days)
def test_every_day_of_the_plan_belongs_to_one_of_the_two(seed, began_on):
    blocks = draw(seed)
    days = [began_on + timedelta(days=day) for day in range(-1, 15)]
    arms = [arm_on(blocks, began_on, day) for day in days]
    assert arms[0] is None
    assert arms[-1] is None
    assert Counter(arms[1:-1]) == {"first": 7, "second": 7}
    assert last_day(blocks, began_on) == days[-2]


@given(seeds, first_days)
def test_spans_follow_each_other_and_agree_with_the_days(seed, began_on):
    blocks = draw(seed)
    found = spans(blocks, began_on)
    assert (found[0][1], found[-1][2]) == (began_on, last_day(blocks, began_on))
    for place, (block, starts, ends) in enumerate(found):
        assert (ends - starts).days + 1 == block.days
        assert place_on(blocks, began_on, starts) == place_on(blocks, began_on, ends) == place
