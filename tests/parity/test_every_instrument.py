"""What must hold for any instrument, present and future."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest import approx

from allay.content.schema import Instrument, ScoreRule
from allay.science.scoring import band_of, points, score
from tests.parity.shipped import every_banded_score, every_instrument, every_score, shipped


def answers_giving(instrument: Instrument, highest: bool) -> dict[str, int]:
    """The answers that give every score its highest (or lowest) value."""
    return {
        item.id: (max if highest else min)(
            scale.values, key=lambda value, i=item, s=scale: points(i, s, value)
        )
        for item in instrument.items
        for scale in [instrument.scale_of(item)]
    }


def value_of(instrument: Instrument, rule: ScoreRule, answers) -> float | None:
    return next(value.value for value in score(instrument, answers) if value.id == rule.id)


def complete_values(instrument: Instrument, rule: ScoreRule) -> list[float]:
    """Every value between the ends of the range that a fully answered score can have."""
    low, high = instrument.score_range(rule)
    parts = 1 if rule.method == "sum" else len(rule.items)
    return [number / parts for number in range(round(low * parts), round(high * parts) + 1)]


def test_some_instruments_are_shipped():
    assert shipped()


def answers_that_score(instrument: Instrument, rule: ScoreRule):
    """Answers with no more items skipped than the rule allows."""
    may_skip = len(rule.items) - rule.min_answered
    skipped = st.sets(st.sampled_from(rule.items), max_size=may_skip)
    full = st.fixed_dictionaries(
        {item.id: st.sampled_from(instrument.scale_of(item).values) for item in instrument.items}
    )
    return st.builds(lambda given, out: {k: None if k in out else v for k, v in given.items()}, full, skipped)


@every_instrument
def test_worked_examples_give_the_expected_scores(instrument):
    for example in instrument.examples:
        found = {value.id: value.value for value in score(instrument, example.answers)}
        assert found == approx(dict(example.scores)), example.reason


@every_score
def test_lowest_and_highest_answers_reach_the_ends_of_the_range(instrument, rule):
    ends = [value_of(instrument, rule, answers_giving(instrument, highest)) for highest in (False, True)]
    assert tuple(ends) == instrument.score_range(rule)


@every_instrument
def test_reversing_twice_changes_nothing(instrument):
    for item in instrument.items:
        scale = instrument.scale_of(item)
        mirrored = item.model_copy(update={"reverse": True})
        for answer in scale.values:
            assert points(mirrored, scale, points(mirrored, scale, answer)) == answer


@every_instrument
def test_a_mirrored_answer_is_on_the_scale(instrument):
    for item in instrument.items:
        scale = instrument.scale_of(item)
        assert {points(item, scale, answer) for answer in scale.values} == set(scale.values)


@every_score
def test_one_skipped_item_follows_the_missing_rule(instrument, rule):
    full = answers_giving(instrument, highest=True)
    for skipped in rule.items:
        found = next(v for v in score(instrument, {**full, skipped: None}) if v.id == rule.id)
        enough = rule.min_answered < len(rule.items)
        assert (found.value is not None, found.prorated) == (enough, enough)
        assert found.answered == len(rule.items) - 1


@every_score
def test_with_fewer_answers_than_the_rule_asks_there_is_no_score(instrument, rule):
    full = answers_giving(instrument, highest=True)
    too_few = {name: full[name] for name in rule.items[: rule.min_answered - 1]}
    assert value_of(instrument, rule, too_few) is None


@every_score
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_worse_answers_never_move_a_score_in_the_better_direction(instrument, rule, data):
    item = instrument.item(data.draw(st.sampled_from(rule.items)))
    scale = instrument.scale_of(item)
    ordered = sorted(scale.values, key=lambda answer: points(item, scale, answer))
    in_order = ordered if rule.better == "lower" else ordered[::-1]  # from the best answer to the worst
    others = data.draw(answers_that_score(instrument, rule))
    values = [value_of(instrument, rule, {**others, item.id: answer}) for answer in in_order]
    assert values == sorted(values, reverse=rule.better == "higher")


@every_banded_score
def test_bands_partition_the_range(instrument, rule):
    for value in complete_values(instrument, rule):
        (band,) = [band for band in rule.bands if band.low <= value <= band.high]
        assert band_of(rule, value) == band


@every_banded_score
def test_bands_end_where_the_range_ends(instrument, rule):
    ends = (min(band.low for band in rule.bands), max(band.high for band in rule.bands))
    assert ends == instrument.score_range(rule)
