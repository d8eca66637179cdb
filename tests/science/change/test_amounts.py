"""Percentage change, amounts from an anchor, and mean effects against them."""

import pytest

from allay.science.change import against_amount, by_amount, by_percentage, combined


@pytest.mark.parametrize(
    ("before", "after", "better", "found"),
    [
        (20, 14, "lower", "improved"),
        (20, 14.1, "lower", "unchanged"),
        (20, 26, "lower", "worsened"),
        (20, 26, "higher", "improved"),
        (20, 20, "lower", "unchanged"),
        (-20, -14, "higher", "improved"),
        (-20, -26, "higher", "worsened"),
        (0.3, 0.21, "lower", "improved"),
    ],
)
def test_thirty_percent(before, after, better, found):
    assert by_percentage(before, after, better, 0.3) == found


@pytest.mark.parametrize("after", [-3, 0, 5])
@pytest.mark.parametrize("better", ["lower", "higher"])
def test_from_nought_there_is_no_percentage(after, better):
    """A widely used package calls a pain-free person who gets worse improved."""
    assert by_percentage(0, after, better, 0.3) is None


def test_getting_worse_may_count_sooner():
    assert by_percentage(20, 24, "lower", 0.5, worse=0.2) == "worsened"
    assert by_amount(20, 24, "lower", 8, worse=4) == "worsened"
    assert by_amount(20, 24, "lower", 8) == "unchanged"


@pytest.mark.parametrize("better", ["lower", "higher"])
@pytest.mark.parametrize(
    ("gain", "worst", "best", "found"),
    [
        (2, -1, 5, "not significant"),
        (2, 0, 4, "not significant"),
        (-3, -5, -1, "not relevant"),
        (2, 1, 3, "not relevant"),
        (3, 1, 5, "not shown beyond the amount"),
        (5, 2, 8, "probably relevant"),
        (4, 2, 6, "probably relevant"),
        (4, 4, 4, "probably relevant"),
        (7, 5, 9, "large"),
    ],
)
def test_mean_effect_against_an_important_amount_of_4(better, gain, worst, best, found):
    """Both directions alike; the R package has no "not significant" where higher is better."""
    turn = 1 if better == "higher" else -1
    low, high = sorted((turn * worst, turn * best))
    assert against_amount(turn * gain, low, high, 4, better) == found


@pytest.mark.parametrize(
    ("reliable", "before", "after", "found"),
    [
        ("improved", 30, 10, "recovered"),
        ("improved", 30, 20, "improved"),
        ("improved", 20, 10, "improved"),
        ("unchanged", 21, 19, "unchanged"),
        ("worsened", 10, 30, "harmed"),
        ("worsened", 10, 20, "deteriorated"),
        ("worsened", 25, 30, "deteriorated"),
    ],
)
def test_combined_categories_about_a_cutoff_of_20(reliable, before, after, found):
    assert combined(reliable, before, after, "lower", 20) == found
    assert combined(reliable, -before, -after, "higher", -20) == found


def test_without_a_cutoff_nobody_is_recovered_or_harmed():
    assert combined("improved", 30, 10, "lower", None) == "improved"
    assert combined("worsened", 10, 30, "lower", None) == "deteriorated"
