"""Plans: what is read, and each mistake named by file and key."""

import pytest

from allay.science.evaluation import BadInput, load_plan, parse_plan

PLAN = """
[columns]                      # only where the table's own names differ
participant = "id"
timepoint = "time"
arm = "treatment"
scores = ["hamd", "bdi"]
[study]
arms = ["TAU", "PA"]
timepoints = ["1", 4]
[[outcomes]]
score = "hamd"
better = "lower"
primary = true
[outcomes.change]
method = "JT"
reliability = 0.80
functional = { mean = 8, sd = 8 }
cutoff = "c"
important = 7
"""


def plan(text=PLAN):
    return parse_plan(text.encode(), "plan.toml")


def refusal(text):
    with pytest.raises(BadInput) as caught:
        plan(text)
    message = str(caught.value)
    assert message.startswith("plan.toml: ")
    assert "\n" not in message
    return message


def test_names_may_be_whole_numbers():
    assert plan().study.timepoints == ("1", "4")


def test_arms_without_a_declared_design_are_a_comparison():
    assert plan().study.declared_design == "comparison"


def test_no_arms_are_a_single_group():
    assert plan(PLAN.replace('arms = ["TAU", "PA"]', "")).study.declared_design == "single-group"


def test_a_byte_order_mark_is_no_harm():
    assert plan("\ufeff" + PLAN).primary == 0


def test_without_a_mark_the_first_outcome_is_primary():
    assert plan(PLAN.replace("primary = true", "")).primary == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[study]", "[study", "is not TOML"),
        ('better = "lower"', 'better = "low"', "outcomes[1].better"),
        ('better = "lower"', "", "outcomes[1].better: is missing"),
        ("important = 7", "importnt = 7", "outcomes[1].change.importnt: is not a key that a plan knows"),
        ("important = 7", "important = nan", "outcomes[1].change.important"),
        ("important = 7", "important = 0", "outcomes[1].change.important"),
        ("0.80", "1.2", "outcomes[1].change.reliability"),
        ("sd = 8", "sd = 0", "outcomes[1].change.functional.sd"),
        ("functional = { mean = 8, sd = 8 }", "", "cutoff c needs functional"),
        ('cutoff = "c"', "", "add cutoff"),
        ('score = "hamd"', 'score = "phq"', "outcome phq is not among the scores of [columns]: hamd, bdi"),
        ('"TAU", "PA"', '"TAU", "TAU"', "the arm TAU stands twice"),
        ('"TAU", "PA"', '"TAU", "all"', 'no arm can be called "all"'),
        ('"TAU", "PA"', '"TAU", "P\\nA"', "study.arms[2]"),
        ('"TAU", "PA"', '"TAU", ""', "study.arms[2]"),
        ('["1", 4]', '["1"]', "study.timepoints"),
        ('["1", 4]', '["1", true]', "study.timepoints[2]"),
        ('["1", 4]', '["1", 1]', "the timepoint 1 stands twice"),
        ("[study]", '[study]\ndesign = "single-group"', "design is single-group"),
        ("[study]", "[study]\nconfidence = 1.0", "study.confidence"),
        ("[[outcomes]]", "[outcomes]", "outcomes"),
        ("[columns]", "[column]", "column: is not a key that a plan knows"),
    ],
)
def test_each_mistake_is_named_by_its_key(old, new, said):
    assert said in refusal(PLAN.replace(old, new, 1))


def test_two_primary_outcomes_are_refused():
    second = '[[outcomes]]\nscore = "bdi"\nbetter = "lower"\nprimary = true\n'
    assert "more than one outcome is marked primary" in refusal(PLAN + second)


def test_the_same_score_twice_is_refused():
    assert "the outcome hamd stands twice" in refusal(
        PLAN + '[[outcomes]]\nscore = "hamd"\nbetter = "lower"\n'
    )


def test_randomised_needs_two_arms():
    assert "there are not two arms" in refusal(
        PLAN.replace('arms = ["TAU", "PA"]', 'arms = ["PA"]\ndesign = "randomised"')
    )


def test_only_the_first_mistake_is_spelt_out_and_the_others_counted():
    assert "(and 1 more)" in refusal(PLAN.replace('"lower"', '"low"').replace("0.80", "2"))


def test_a_plan_that_is_no_text_is_refused():
    with pytest.raises(BadInput, match="is not UTF-8 text"):
        parse_plan(b"\xff\xfe\x00", "plan.toml")


def test_a_plan_nested_without_end_is_refused():
    assert "nested too deeply" in refusal("a = " + "[" * 100_000)


def test_a_missing_plan_is_refused(tmp_path):
    with pytest.raises(BadInput, match="does not exist"):
        load_plan(tmp_path / "plan.toml")


def test_a_folder_is_no_plan(tmp_path):
    with pytest.raises(BadInput, match="is not a file"):
        load_plan(tmp_path)


def test_the_hash_is_that_of_the_bytes(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_bytes(PLAN.encode())
    assert load_plan(file)[1] == load_plan(file)[1] != ""
