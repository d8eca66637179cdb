import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allay.science import charts
from allay.science.charts import (
    ArmMeans,
    BarWords,
    BeforeAfterWords,
    Category,
    CategoryRow,
    IntervalRow,
    IntervalWords,
    MeanPoint,
    MeansWords,
    OwnLine,
    OwnWeeksWords,
    PersonPoint,
    ScorePoint,
    ScoreWords,
    before_after,
    categories_bar,
    intervals,
    means_over_time,
    own_weeks,
    plain_number,
    score_with_band,
    standalone,
)
from allay.science.charts.axes import ticks
from allay.science.charts.lettering import width_of, wrap
from allay.science.charts.own_weeks import gentle_path

SVG = "{http://www.w3.org/2000/svg}"
START = date(2026, 1, 8)
CATEGORIES = (
    Category("improved", "Improved"),
    Category("unchanged", "No reliable change"),
    Category("worsened", "Worsened"),
    Category("missing", "Not measured"),
)
unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def weeks_of(days, *, shown=14, name="Mood", words="My weeks"):
    line = OwnLine(name, "bright", "low", {START + timedelta(n): value for n, value in days.items()})
    said = OwnWeeksWords(words, "The days you noted.", "Weeks", "Day")
    last = START + timedelta(shown - 1)
    return own_weeks([line], first_day=START, last_day=last, low=0, high=10, words=said)


def scores_of(*points, name="Low mood"):
    said = ScoreWords(name, "Your score over time.", "heavier", "lighter", "When", "Score", "Between")
    return score_with_band(points, low=0, high=24, words=said)


def banded(timepoint, value):
    return ScorePoint(timepoint, value, value - 3, value + 3)


def means_of(*arms, timepoints=("Before", "After"), name="Means"):
    said = MeansWords(name, "Means by arm.", "Total (lower is better)", "Arm", "When", "n", "Mean", "95 % CI")
    return means_over_time(arms, timepoints, words=said)


def arm(name, *means):
    points = (None if mean is None else MeanPoint(20, mean, mean - 1, mean + 1) for mean in means)
    return ArmMeans(name, tuple(points))


def change_of(*points, threshold=4.0, cutoff=None, name="Change"):
    said = BeforeAfterWords(
        name,
        "Each person before and after.",
        "Before",
        "After",
        "Improved",
        "No reliable change",
        "Worsened",
        "Measurement error",
        "No change",
        "Cut-off",
        "Kind",
        "People",
    )
    return before_after(points, threshold=threshold, cutoff=cutoff, words=said)


def bars_of(*rows, name="Counts", width=640):
    return categories_bar(
        rows, CATEGORIES, words=BarWords(name, "People of each kind.", "Arm", "Total"), width=width
    )


def effects_of(*rows, name="Effects", width=640, **options):
    said = IntervalWords(
        name, "Effects.", "Points (lower is better)", "No difference", "Effect", "Estimate", "95 % CI", name
    )
    return intervals(rows, words=said, width=width, **options)


def one_of_each(name="A name"):
    return [
        weeks_of({0: 4, 1: 6, 5: 3}, name=name, words=name),
        scores_of(banded(name, 12), banded("Week 6", 9), name=name),
        means_of(arm(name, 12, 9), arm("Waiting", 12, 12), name=name),
        change_of(PersonPoint(20, 9, "improved"), PersonPoint(9, 20, "worsened"), cutoff=12.5, name=name),
        bars_of(CategoryRow(name, (5, 3, 1, 2)), name=name),
        effects_of(IntervalRow(name, -2, -4, 1), IntervalRow(name, None), name=name),
    ]


KINDS = ["own weeks", "score", "means", "before and after", "bars", "intervals"]
every_kind = pytest.mark.parametrize("chart", one_of_each(), ids=KINDS)


def tree(chart):
    return ElementTree.fromstring(chart.svg)


def of_class(chart, css):
    return [element for element in tree(chart).iter() if element.get("class") == css]


def texts(chart):
    return [element.text for element in tree(chart).iter(f"{SVG}text")]


def documented_classes():
    return set(re.findall(r"chart(?:-[a-z0-9]+)*", charts.__doc__))


@every_kind
def test_a_picture_says_what_it_is(chart):
    root = tree(chart)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]


@every_kind
def test_a_picture_has_no_ids_styles_scripts_or_links(chart):
    names = {name for element in tree(chart).iter() for name in element.keys()}  # noqa: SIM118
    assert not {name for name in names if name in {"id", "style", "href"} or name.startswith(("on", "{"))}
    assert {element.tag for element in tree(chart).iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "path", "circle", "rect", "text")
    }


@every_kind
def test_every_element_has_a_documented_class(chart):
    drawn = [element for element in tree(chart).iter() if element.tag not in (f"{SVG}title", f"{SVG}desc")]
    assert {element.get("class") for element in drawn} <= documented_classes()


@every_kind
def test_a_table_has_a_cell_for_every_heading(chart):
    assert chart.table.rows
    assert {len(row) for row in chart.table.rows} == {len(chart.table.headers)}


def test_the_same_input_gives_the_same_picture():
    assert one_of_each() == one_of_each()


@pytest.mark.parametrize(
    "name", ["<script>\"&'</script>", "a\0b\ud800c\x1b", "x" * 10_001, " ", "é" + "\u0301" * 999]
)
def test_no_words_can_break_a_picture(name):
    for chart in one_of_each(name):
        assert tree(chart).find(f"{SVG}script") is None


def test_words_are_escaped_not_dropped():
    assert tree(scores_of(name="a < b & c")).find(f"{SVG}title").text == "a < b & c"


@every_kind
def test_a_file_of_its_own_has_colours_a_size_and_a_ground(chart):
    root = ElementTree.fromstring(standalone(chart.svg))
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert ".chart-text" in root.find(f"{SVG}style").text
    assert root.find(f"{SVG}rect").get("class") == "chart-paper"


def test_the_colours_of_a_file_cover_every_class():
    styled = set(re.findall(r"\.(chart[a-z0-9-]*)", standalone(scores_of().svg)))
    assert documented_classes() <= styled


@pytest.mark.parametrize("text", ["", "<svg></svg>", "<p>no</p>"])
def test_only_a_chart_can_stand_alone(text):
    with pytest.raises(ValueError, match="not the picture of a chart"):
        standalone(text)


def test_days_that_follow_on_one_another_are_joined():
    assert len(of_class(weeks_of({0: 4, 1: 6, 2: 5}), "chart-line")) == 1


def test_the_line_breaks_where_there_is_no_entry():
    assert len(of_class(weeks_of({0: 4, 1: 6, 3: 5, 4: 5}), "chart-line")) == 2


def test_a_day_on_its_own_is_a_point_without_a_line():
    chart = weeks_of({3: 7})
    assert (len(of_class(chart, "chart-line")), len(of_class(chart, "chart-point"))) == (0, 1)


def test_notes_of_weeks_that_follow_on_one_another_are_joined_and_each_has_its_point():
    said = OwnWeeksWords(title="My weeks", description="", weeks="Weeks", day="Day")
    days = {
        START + timedelta(days=number): 5.0 for number in (0, 8, 14, 35)
    }  # the last one three weeks later
    line = OwnLine("Outlook", "high", "low", days)
    last = START + timedelta(weeks=13)
    chart = own_weeks([line], first_day=START, last_day=last, low=0, high=10, words=said, together=10)
    assert len(of_class(chart, "chart-line")) == 1
    assert len(of_class(chart, "chart-point")) == 4


def test_open_sky_is_not_marked_counted_or_mentioned():
    with_gap, without = weeks_of({0: 4, 13: 4}), weeks_of({0: 4, 1: 4})
    assert texts(with_gap) == texts(without) == ["Mood", "bright", "low", "1", "2", "Weeks"]
    assert tree(with_gap).find(f"{SVG}desc").text == "The days you noted."


def test_only_days_with_an_entry_have_a_row():
    assert weeks_of({0: 4, 5: None, 6: 7.5}).table.rows == (("2026-01-08", "4"), ("2026-01-14", "7.5"))


def test_a_picture_without_entries_is_sky_over_the_weeks():
    chart = weeks_of({})
    assert (of_class(chart, "chart-point"), chart.table.rows) == ([], ())
    assert "2" in texts(chart)


@pytest.mark.parametrize(("days", "last"), [(1, "1"), (7, "1"), (8, "2"), (84, "12")])
def test_weeks_are_shown_whole(days, last):
    assert texts(weeks_of({}, shown=days))[-2] == last


def test_entries_outside_the_weeks_shown_are_left_out():
    chart = weeks_of({-1: 5, 3: 5, 14: 5})
    assert (len(of_class(chart, "chart-point")), len(chart.table.rows)) == (1, 1)


def test_two_lines_stand_above_each_other_and_share_a_table():
    lines = [OwnLine("Mood", "bright", "low", {START: 3}), OwnLine("Comfort", "at ease", "none", {START: 8})]
    said = OwnWeeksWords("t", "d", "Weeks", "Day")
    chart = own_weeks(lines, first_day=START, last_day=START, low=0, high=10, words=said)
    assert chart.table.headers == ("Day", "Mood", "Comfort")
    assert chart.table.rows == (("2026-01-08", "3", "8"),)
    assert len(of_class(chart, "chart-point")) == 2


@given(st.lists(st.floats(0, 200), min_size=2, max_size=30))
def test_the_gentle_line_stays_between_its_points(heights):
    points = [(10.0 * number, height) for number, height in enumerate(heights)]
    numbers = [float(n) for n in re.findall(r",(-?[\d.]+)", gentle_path(points))]
    curves = [(heights[n], *numbers[1 + 3 * n : 4 + 3 * n]) for n in range(len(heights) - 1)]
    for (low, high), curve in zip((sorted(pair) for pair in pairwise(heights)), curves, strict=True):
        assert all(low - 0.01 <= value <= high + 0.01 for value in curve)


def test_neighbouring_scores_are_joined_with_one_band():
    chart = scores_of(banded("Start", 14), banded("Week 6", 11))
    assert (len(of_class(chart, "chart-line")), len(of_class(chart, "chart-band"))) == (1, 1)


def test_a_timepoint_without_a_score_leaves_its_place_open():
    chart = scores_of(banded("Start", 14), ScorePoint("Week 6", None), banded("Week 12", 11))
    assert (len(of_class(chart, "chart-line")), len(of_class(chart, "chart-band"))) == (0, 2)
    assert "Week 6" in texts(chart)
    assert [row[0] for row in chart.table.rows] == ["Start", "Week 12"]


def test_a_score_stands_beside_its_point_and_in_the_table():
    chart = scores_of(banded("Start", 14))
    assert "14" in texts(chart)
    assert chart.table.rows == (("Start", "14", "11 – 17"),)


def test_a_score_without_known_precision_has_no_band():
    chart = scores_of(ScorePoint("Start", 14), ScorePoint("Week 6", 11))
    assert of_class(chart, "chart-band") == []
    assert chart.table.rows[0] == ("Start", "14", "")


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_what_is_not_a_number_is_left_out(value):
    assert of_class(scores_of(ScorePoint("Start", value)), "chart-point") == []


def test_arms_differ_in_shape_and_dash_class():
    chart = means_of(arm("Waiting", 12, 12), arm("Programme", 12, 9))
    first, second = of_class(chart, "chart-point")[0], of_class(chart, "chart-point-2")[0]
    assert (first.tag, second.tag) == (f"{SVG}circle", f"{SVG}path")
    assert len(of_class(chart, "chart-line-2")) == 2  # the line and its sample beside the name


def test_arms_stand_side_by_side():
    chart = means_of(arm("Waiting", 12, 12), arm("Programme", 12, 12), arm("Usual care", 12, 12))
    dots = [float(dot.get("cx")) for dot in of_class(chart, "chart-point") if dot.tag == f"{SVG}circle"]
    lines = [line.get("d") for line in of_class(chart, "chart-line")]
    assert len(set(dots)) == len(dots)
    assert len(set(lines)) == len(lines)


def test_a_mean_that_was_not_measured_breaks_the_line():
    chart = means_of(arm("All", 12, None, 9), timepoints=("a", "b", "c"))
    assert len(of_class(chart, "chart-line")) == 1  # only the sample
    assert [row[1] for row in chart.table.rows] == ["a", "c"]


def test_a_mean_that_cannot_be_estimated_is_a_dash_in_the_table():
    chart = means_of(ArmMeans("All", (MeanPoint(1, 5.0), MeanPoint(1, float("nan")))))
    assert [row[2:] for row in chart.table.rows] == [("1", "5", "–"), ("1", "–", "–")]


def test_means_and_intervals_stand_in_the_table():
    assert means_of(arm("All", 12, 9)).table.rows == (
        ("All", "Before", "20", "12", "11 to 13"),
        ("All", "After", "20", "9", "8 to 10"),
    )


def test_an_arm_needs_a_point_for_each_timepoint():
    with pytest.raises(ValueError, match="one point, or None, for each timepoint"):
        means_of(arm("All", 12))


def test_nothing_measured_is_still_a_picture():
    assert tree(means_of(arm("All", None, None))).tag == f"{SVG}svg"
    assert tree(change_of()).tag == f"{SVG}svg"
    assert tree(bars_of()).tag == f"{SVG}svg"
    assert tree(scores_of()).tag == f"{SVG}svg"


def test_kinds_of_change_differ_in_shape():
    chart = change_of(
        PersonPoint(20, 9, "improved"), PersonPoint(20, 19, "unchanged"), PersonPoint(9, 20, "worsened")
    )
    corners = {
        kind: of_class(chart, f"chart-{kind}")[0].get("d", "").count(" ")
        for kind in ("unchanged", "worsened")
    }
    assert of_class(chart, "chart-improved")[0].tag == f"{SVG}circle"
    assert corners == {"unchanged": 3, "worsened": 2}


def test_people_at_the_same_point_are_one_larger_mark():
    chart = change_of(*[PersonPoint(20, 9, "improved")] * 4)
    sample, mark = (float(dot.get("r")) for dot in of_class(chart, "chart-improved"))
    assert mark == 2 * sample
    assert chart.table.rows == (("20", "9", "Improved", "4"),)


@pytest.mark.parametrize(("cutoff", "lines"), [(None, 0), (12.5, 2)])
def test_a_cutoff_is_drawn_and_named_where_there_is_one(cutoff, lines):
    chart = change_of(PersonPoint(20, 9, "improved"), cutoff=cutoff)
    assert len(of_class(chart, "chart-cutoff")) == lines
    assert ("Cut-off" in texts(chart)) == bool(lines)


def test_a_cutoff_beyond_all_scores_is_inside_the_picture():
    assert "40" in texts(change_of(PersonPoint(20, 9, "improved"), cutoff=39))


def test_a_bar_is_divided_in_proportion():
    chart = bars_of(CategoryRow("All", (3, 1, 0, 0)), width=420)
    widths = [float(part.get("width")) for part in tree(chart).iter(f"{SVG}rect")]
    assert widths == [298, 100]  # 300 and 100, less the seam


def test_every_count_is_written_also_nought():
    chart = bars_of(CategoryRow("All", (54, 36, 2, 0)))
    assert texts(chart)[-4:] == ["54", "36", "2", "0"]
    assert chart.table.rows == (("All", "54", "36", "2", "0", "92"),)


def test_an_arm_without_people_has_an_empty_bar():
    assert [
        part.get("class") for part in tree(bars_of(CategoryRow("All", (0, 0, 0, 0)))).iter(f"{SVG}rect")
    ] == ["chart-missing"]


@pytest.mark.parametrize("counts", [(1, 2), (1, 2, 3, -4)])
def test_counts_must_fit_the_categories(counts):
    with pytest.raises(ValueError, match="one count of at least 0 for each category"):
        bars_of(CategoryRow("All", counts))


@unhurried
@given(counts=st.lists(st.tuples(*[st.integers(0, 100_000)] * 4), min_size=1, max_size=3))
def test_counts_under_a_bar_never_overlap_at_the_width_of_a_phone(counts):
    chart = bars_of(*(CategoryRow("All", row) for row in counts), width=340)
    assert_no_overlap(chart, 340)


@unhurried
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=1, max_size=8))
def test_timepoints_never_overlap_at_the_width_of_a_phone(names):
    chart = scores_of(*(ScorePoint(name, None) for name in names))
    assert_no_overlap(chart, 340)


def assert_no_overlap(chart, width):
    """The estimated extents of all words of one line of text lie inside the picture and beside each other."""
    rows: dict[float, list[tuple[float, float]]] = {}
    for element in tree(chart).iter(f"{SVG}text"):
        wide, x = width_of(element.text or ""), float(element.get("x"))
        start = x - {"middle": wide / 2, "end": wide}.get(element.get("text-anchor"), 0)
        rows.setdefault(float(element.get("y")), []).append((start, start + wide))
    for extents in rows.values():
        extents.sort()
        assert extents[0][0] >= -0.02
        assert extents[-1][1] <= width + 0.02
        assert all(before[1] <= after[0] + 0.02 for before, after in pairwise(extents))


@given(low=st.floats(-1e6, 1e6), span=st.floats(0, 1e6))
def test_ticks_are_few_even_and_reach_around_the_values(low, span):
    marks = ticks(low, low + span)
    steps = [after - before for before, after in pairwise(marks)]
    assert 2 <= len(marks) <= 13
    assert marks[0] <= low + 1e-6 * max(1, abs(low), span)  # less than anybody could see
    assert marks[-1] >= low + span - 1e-6 * max(1, abs(low) + span)
    assert max(steps) - min(steps) <= 1e-6 * max(1, abs(low) + span)


@given(st.text(max_size=200), st.integers(40, 400))
def test_wrapped_words_fit_their_width(words, width):
    lines = wrap(words, width)
    assert len(lines) <= 3
    assert all(width_of(line) <= width for line in lines)


def test_words_that_fit_are_kept_whole():
    assert " ".join(wrap("as well as I can be on most days", 120)) == "as well as I can be on most days"


def test_words_that_do_not_fit_end_in_an_ellipsis():
    assert wrap("one two three four five six", 45, most=2)[-1].endswith("…")


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), (3.0, "3"), (3.456, "3.46"), (-0.001, "0"), (100, "100"), (None, "–")]
)
def test_numbers_are_short(value, text):
    assert plain_number(value) == text


def test_effects_and_intervals_stand_in_the_picture_and_the_table():
    chart = effects_of(IntervalRow("Through", -2.5, -4, -1), IntervalRow("Past", 1, -1, 3, "lesser"))
    assert "-2.5 (-4 to -1)" in texts(chart)
    assert chart.table.rows == (("Through", "-2.5", "-4 to -1"), ("Past", "1", "-1 to 3"))
    points = [len(of_class(chart, css)) for css in ("chart-point", "chart-point-2")]
    assert points == [1, 1]


def test_an_effect_that_cannot_be_had_says_so():
    chart = effects_of(IntervalRow("Through", None), name="not estimable")
    assert "not estimable" in texts(chart)
    assert chart.table.rows == (("Through", "–", "–"),)
    assert of_class(chart, "chart-point") == []


def test_the_line_of_no_difference_is_drawn_and_named():
    chart = effects_of(IntervalRow("Through", 2, 1, 3))
    assert "No difference" in texts(chart)
    assert len(of_class(chart, "chart-cutoff")) == 2  # beside its name and behind the interval
    assert of_class(effects_of(IntervalRow("Through", 2, 1, 3), nothing=None), "chart-cutoff") == []


def test_pictures_of_effects_can_share_their_scale():
    assert "40" in texts(effects_of(IntervalRow("Through", 2, 1, 3), reach=(39,)))


@unhurried
@given(
    names=st.lists(st.text(st.characters(codec="utf-8"), max_size=60), min_size=1, max_size=4),
    size=st.floats(1e-3, 1e6),
)
def test_words_beside_effects_never_overlap_at_the_width_of_a_phone(names, size):
    rows = [IntervalRow(name, size, -size, 2 * size) for name in names]
    assert_no_overlap(effects_of(*rows, width=340), 340)
