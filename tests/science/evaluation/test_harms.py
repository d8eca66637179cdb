"""What went badly: harms asked for or not, getting worse, leaving; blanks are never taken as no harm."""

import pytest

from allay.science.evaluation import BadInput, NotEstimable, parse_plan
from allay.science.evaluation.proportions import exact, newcombe, number_needed

from .conftest import TWO_ARMS, Bench, table

near = pytest.approx
HEADER = "participant,arm,timepoint,s,effects,events,sessions,why"
PLAN = (
    TWO_ARMS.replace("arms =", 'design = "randomised"\narms =')
    .replace('["1", "2"]', '["1", "2", "3"]')
    .replace('["s"]', '["s", "effects"]')
    + """
[[harms]]
label = "Side effects"
score = "effects"
event = ">= 2"
[[harms]]
label = "Adverse events"
column = "events"
counts = true
[completion]
label = "Half the sessions."
column = "sessions"
at_least = 6
reason = "why"
"""
)
PEOPLE = table(
    *("p1,a,1,20,0,0,8,", "p1,a,2,19,0,,,", "p1,a,3,18,3,,,"),  # an effect at the end
    *(
        "p2,a,1,21,5,2,3,moved",
        "p2,a,2,20,0,,,",
        "p2,a,3,9,,,,",
    ),  # one at the start only, then not asked; 2 events
    *("p3,a,1,22,,0,7,", "p3,a,2,20,1,,,", "p3,a,3,40,1,,,"),  # never enough
    *("p4,b,1,23,,,2,felt worse", "p4,b,2,22,,,,", "p4,b,3,21,,,,"),  # nothing known of effects or events
    *("p5,b,1,24,0,1,0,", "p5,b,2,22,2,,,", "p5,b,3,20,2,,,"),
    *("p6,b,1,20,0,0,6,", "p6,b,2,20,0,,,", "p6,b,3,18,0,,,"),
    *("p7,b,1,22,0,0,,", "p7,b,2,20,0,,,", "p7,b,3,16,0,,,"),  # attendance unknown
    header=HEADER,
)


@pytest.fixture(scope="module")
def harms(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("people"))
    yield bench(PEOPLE, PLAN).harms
    bench.close()


def test_people_with_a_side_effect_after_the_start(harms):
    one = harms.harms[0]
    assert (one.label, one.event, one.timepoints) == ("Side effects", ">= 2", ["2", "3"])
    a, b = one.arms["a"], one.arms["b"]
    assert (a.people, a.known, a.unknown, a.partly_known, a.with_event) == (3, 3, 0, 1, 1)
    assert (b.people, b.known, b.unknown, b.partly_known, b.with_event) == (4, 3, 1, 0, 1)
    assert one.arms["all"].with_event == 2
    assert a.share == exact(1, 3, 0.95)
    assert a.events is None


def test_events_of_a_column_are_added_up(harms):
    one = harms.harms[1]
    assert one.timepoints == []
    assert (one.arms["a"].with_event, one.arms["a"].events) == (1, 2)
    assert (one.arms["b"].with_event, one.arms["b"].known, one.arms["b"].events) == (1, 3, 1)
    assert one.arms["all"].events == 3


def test_harms_are_compared_between_the_arms(harms):
    one = harms.harms[1].compared["b"]
    assert one.difference == newcombe(1, 3, 1, 3, 0.95)
    assert one.number_needed == number_needed(one.difference, "harm")
    assert harms.harms[0].compared["b"].difference == newcombe(1, 3, 1, 3, 0.95)


def test_getting_worse_stands_among_the_harms(harms):
    assert harms.worse["s"]["a"].reliably == 1
    assert harms.worse["s"]["a"].importantly == 1
    assert harms.worse["s"]["b"].reliably == 0


def test_completion_and_reasons(harms):
    one = harms.completion
    assert (one.label, one.by, one.at_least, one.reasons_asked) == ("Half the sessions.", "sessions", 6, True)
    a, b = one.arms["a"], one.arms["b"]
    assert (a.completed, a.unknown, a.reasons, a.no_reason) == (2, 0, {"moved": 1}, 0)
    assert (b.completed, b.unknown, b.reasons, b.no_reason) == (1, 1, {"felt worse": 1}, 1)
    assert one.arms["all"].reasons == {"felt worse": 1, "moved": 1}
    assert b.share == exact(1, 3, 0.95)
    assert one.compared["b"] == newcombe(1, 3, 2, 3, 0.95)


def test_a_plan_without_harms_says_that_none_were_asked_about(bench):
    rows = [f"p{who},{'ab'[who % 2]},{at},{20 + who - at}" for who in range(6) for at in (1, 2)]
    found = bench(table(*rows, "p9,a,1,20"), TWO_ARMS).harms
    assert (found.asked, found.harms) == (False, [])
    assert found.completion.by is None
    assert (found.completion.arms["a"].completed, found.completion.arms["a"].people) == (3, 4)
    assert (found.completion.arms["a"].no_reason, found.completion.reasons_asked) == (1, False)


def test_nobody_had_it_still_has_an_upper_end(bench):
    plan = PLAN.replace('">= 2"', '"> 8"')
    one = bench(PEOPLE, plan).harms.harms[0].arms["a"]
    assert (one.with_event, one.share.low, one.share.high) == (0, 0, exact(0, 3, 0.95).high)
    assert one.share.high > 0.5


def test_nothing_known_of_anybody(bench):
    header, *lines = PEOPLE.splitlines()
    blank = [",".join([*line.split(",")[:4], "", *line.split(",")[5:]]) for line in lines]
    one = bench(table(*blank, header=header), PLAN).harms.harms[0]
    assert isinstance(one.arms["a"].share, NotEstimable)
    assert (one.arms["a"].known, one.arms["a"].unknown) == (0, 3)
    assert isinstance(one.compared["b"].difference, NotEstimable)
    assert isinstance(one.compared["b"].number_needed, NotEstimable)


def test_a_harm_of_a_long_table(bench):
    rows = [
        f"p{who},{'ab'[who % 2]},{at},{score},{value}"
        for who in range(6)
        for at in (1, 2)
        for score, value in (("s", 20 + who - at), ("fall", int(who == 3)))
    ]
    plan = (
        TWO_ARMS.replace('[columns]\nscores = ["s"]\n', "") + '[[harms]]\nlabel = "Falls"\nscore = "fall"\n'
    )
    one = bench(table(*rows, header="participant,arm,timepoint,score,value"), plan).harms.harms[0]
    assert (one.arms["a"].with_event, one.arms["b"].with_event, one.arms["b"].known) == (0, 1, 3)


def test_an_outcome_may_be_a_harm_as_well(bench):
    plan = TWO_ARMS + '[[harms]]\nlabel = "Severe"\nscore = "s"\nevent = "> 22"\ntimepoints = ["1", "2"]\n'
    rows = [f"p{who},{'ab'[who % 2]},{at},{20 + who - at}" for who in range(6) for at in (1, 2)]
    assert bench(table(*rows), plan).harms.harms[0].arms["all"].with_event == 2


def test_words_where_a_number_of_events_should_stand(bench):
    with pytest.raises(BadInput, match=r"row 5, column events.*is not a number"):
        bench(PEOPLE.replace("p2,a,1,21,5,2,3,moved", "p2,a,1,21,5,two,3,moved"), PLAN)


def test_a_harm_whose_column_is_not_there(bench):
    with pytest.raises(BadInput, match="no column falls"):
        bench(PEOPLE, PLAN.replace('column = "events"', 'column = "falls"'))


def test_rows_of_a_program_hold_nothing_about_people(bench):
    rows = [
        (who, at, "ab"[who % 2], score, who * at)
        for who in range(6)
        for at in (1, 2)
        for score in ("s", "fall")
    ]
    plan = TWO_ARMS.replace('["s"]', '["s", "fall"]')
    asked = bench.rows(
        rows, plan + '[[harms]]\nlabel = "Falls"\nscore = "fall"\nevent = "> 5"\n'
    ).harms.harms[0]
    assert (asked.arms["a"].with_event, asked.arms["b"].with_event) == (1, 2)
    with pytest.raises(BadInput, match="column events: the plan asks for a column about people"):
        bench.rows(rows, plan + '[[harms]]\nlabel = "Falls"\ncolumn = "events"\n')


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ('[[harms]]\nlabel = "x"', "either score or column"),
        ('[[harms]]\nlabel = "x"\nscore = "s"\ncolumn = "c"', "either score or column"),
        ('[[harms]]\nlabel = "x"\nscore = "s"\nevent = "bad"', "which values are an event"),
        (
            '[[harms]]\nlabel = "x"\nscore = "s"\nevent = "> 0; DROP TABLE people"',
            "which values are an event",
        ),
        ('[[harms]]\nlabel = "x"\nscore = "s"\ntimepoints = ["9"]', "not a timepoint"),
        ('[[harms]]\nlabel = "x"\ncolumn = "c"\ntimepoints = ["2"]', "go with a score"),
        ('[[harms]]\nlabel = "x"\nscore = "other"', "not among the scores"),
        ('[[harms]]\nlabel = "x"\nscore = "s"\n[[harms]]\nlabel = "x"\ncolumn = "c"', "the same label"),
        ('[completion]\ncolumn = "c"', "belong together"),
        ("[completion]\nsessions = 3", "not a key that a plan knows"),
    ],
)
def test_a_plan_about_harms_that_makes_no_sense(lines, reason):
    with pytest.raises(BadInput, match=reason):
        parse_plan((TWO_ARMS + lines + "\n").encode(), "plan.toml")
