"""The report: its numbers are those of results.json, its sentences claim no more, its page stands alone."""

import json
import re
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser

import pytest

from allay.science.evaluation.plan import Plan, parse_plan
from allay.science.evaluation.story.figures import figures
from allay.science.evaluation.story.whole import report, report_page
from allay.science.report.blocks import Facts, Figure, Heading, Items, Paragraph, Table
from allay.science.report.words import Say

from .conftest import ONE_GROUP, REFERENCE, TRIAL_PLAN, TWO_ARMS, Bench, table

NUMBER = re.compile(r"−?\d+(?: \d{3})*(?:\.\d+)?")

FEWER = (
    "p1,a,1,9",
    "p1,a,2,3",
    "p2,a,1,8",
    "p2,a,2,4",
    "p3,b,1,9",
    "p3,b,2,7",
    "p4,b,1,6",
    "p4,b,2,5",
    "p5,b,1,5",
)


def told(bench, content, plan):
    """Results, blocks and page of a table."""
    results = bench(content, plan)
    drawn = figures(bench.connection, parse_plan(plan.encode(), "plan.toml"), results)
    return results, report(results, drawn, Say(), "en").blocks, report_page(results, drawn)


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("trial"))
    yield told(bench, REFERENCE / "synthetic_trial.csv", TRIAL_PLAN)
    bench.close()


def answer(bench, rows, plan):
    """The sentences of the answer."""
    _, blocks, _ = told(bench, table(*rows), plan)
    return next(block.text for block in blocks if isinstance(block, Paragraph) and block.kind == "lead")


# Numbers


def numbers_of(value):
    """Every number in results.json: values, and those standing in its texts and keys."""
    if isinstance(value, dict):
        return [one for pair in value.items() for part in pair for one in numbers_of(part)]
    if isinstance(value, list):
        return [one for part in value for one in numbers_of(part)]
    if isinstance(value, str):
        return [Decimal(found) for found in re.findall(r"\d+(?:\.\d+)?", value)]
    return [] if value is None or isinstance(value, bool) else [Decimal(repr(value))]


def is_rounding_of(shown, known):
    places = Decimal(1).scaleb(shown.as_tuple().exponent)
    return any(abs(abs(one * by) - abs(shown)) <= places / 2 for one in known for by in (1, 100))


def unfounded(texts, results):
    known = set(numbers_of(json.loads(json.dumps(results.as_dict()))))
    shown = [found for text in texts for found in NUMBER.findall(text)]
    assert shown
    return [
        number
        for number in shown
        if not is_rounding_of(Decimal(number.replace("−", "-").replace(" ", "")), known)
    ]


def sentences_of(blocks):
    for block in blocks:
        match block:
            case Paragraph(text) | Heading(text):
                yield text
            case Items(texts):
                yield from texts
            case Facts(pairs):
                yield from (value for _, value in pairs)
            case Figure(svg, caption):
                yield caption
                yield unescape(re.search("<desc>(.*?)</desc>", svg)[1])


def cells_of(blocks):
    for block in blocks:
        if isinstance(block, Table):
            yield from (cell for row in block.rows for cell in row)
            yield block.note


def test_every_number_in_the_sentences_comes_from_the_results(trial):
    results, blocks, _ = trial
    assert unfounded(sentences_of(blocks), results) == []


def test_every_number_in_the_tables_comes_from_the_results(trial):
    results, blocks, _ = trial
    assert unfounded(cells_of(blocks), results) == []


def test_a_made_up_number_is_found_out(trial):
    assert unfounded(["98.76 points"], trial[0]) == ["98.76"]


# Sentences


def test_worsened_stands_wherever_improved_does(trial):
    _, blocks, _ = trial
    counting = [text for text in sentences_of(blocks) if "improved reliably, " in text]
    assert counting
    assert all("worsened" in text for text in counting)


SURE = [
    f"p{number}{arm},{arm},{at},{score}"
    for number in range(8)
    for arm, gain in (("a", 0), ("b", 9))
    for at, score in ((1, 20 + number), (2, 20 + number - gain + number % 3))
]


def test_a_clear_gain_is_called_better(bench):
    assert "people in b were better off in s than people in a" in answer(bench, SURE, TWO_ARMS)


def test_a_clear_loss_is_called_worse(bench):
    plan = TWO_ARMS.replace('better = "lower"', 'better = "higher"')
    assert "people in b were worse off in s than people in a" in answer(bench, SURE, plan)


def test_an_interval_across_nothing_cannot_be_told_apart(bench):
    assert "cannot be told apart by these data" in answer(bench, FEWER, TWO_ARMS)


def test_one_group_that_improved(bench):
    said = answer(bench, [row for row in SURE if ",b," in row], ONE_GROUP)
    assert said.startswith("From 1 to 2, s improved by ")
    assert "(95 % interval 7.4 to 8.8)" in said


def test_one_group_that_worsened(bench):
    plan = ONE_GROUP.replace('better = "lower"', 'better = "higher"')
    assert "s worsened by " in answer(bench, [row for row in SURE if ",b," in row], plan)


def test_one_group_that_may_not_have_changed(bench):
    rows = ("p1,a,1,5", "p1,a,2,9", "p2,a,1,9", "p2,a,2,4", "p3,a,1,5", "p3,a,2,7")
    assert "cannot be told from none" in answer(bench, rows, ONE_GROUP)


def test_what_cannot_be_estimated_is_said_with_its_reason(bench):
    assert "cannot be estimated: the covariates explain the outcome entirely" in answer(
        bench, ("p1,a,1,5", "p1,a,2,3", "p2,b,1,5", "p2,b,2,3"), TWO_ARMS
    )


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ("randomised", "allocated to the arms by chance, so the arms were alike"),
        ("comparison", "not allocated to the arms"),
    ],
)
def test_the_design_decides_what_may_be_claimed(bench, design, said):
    plan = TWO_ARMS.replace("[study]", f'[study]\ndesign = "{design}"')
    _, blocks, _ = told(bench, table(*SURE), plan)
    assert any(said in text for text in sentences_of(blocks))


def test_a_single_group_says_that_it_cannot_show_a_cause(bench):
    _, blocks, _ = told(bench, table(*FEWER), ONE_GROUP)
    assert any("There is no comparison group" in text for text in sentences_of(blocks))


def test_everybody_measured_once_counts_in_the_answer(bench):
    _, blocks, _ = told(bench, table(*FEWER), TWO_ARMS)
    assert any(
        "Everybody measured at least once counts: 5 of 5 people, 9 scores." in text
        for text in sentences_of(blocks)
    )


def test_completers_are_counted_where_the_plan_asks_for_them_alone(bench):
    _, blocks, _ = told(bench, table(*FEWER), TWO_ARMS + '[model]\nkind = "ancova"\n')
    assert any(
        "Only people measured at both 1 and 2 are counted: 4 of 5." in text for text in sentences_of(blocks)
    )


# The page


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes


def test_the_page_asks_nothing_of_anybody(trial):
    page = Page(trial[2])
    assert not {"script", "link", "img", "iframe", "object", "base"} & set(page.tags)
    assert not [
        name for name, _ in page.attributes if name in ("src", "srcset", "style") or name.startswith("on")
    ]
    assert all(value.startswith("#") for name, value in page.attributes if name == "href")
    assert not re.search(r"url\(|@import", trial[2])


def test_the_page_has_a_language_and_one_main_heading(trial):
    page = Page(trial[2])
    assert ("lang", "en") in page.attributes
    assert page.tags.count("h1") == 1


def test_every_table_has_a_caption_and_every_head_a_scope(trial):
    page = Page(trial[2])
    assert page.tags.count("caption") == page.tags.count("table") > 5
    assert page.tags.count("th") == sum(name == "scope" for name, _ in page.attributes)


def test_every_picture_has_words_and_numbers_beside_it(trial):
    page = Page(trial[2])
    assert page.tags.count("svg") == page.tags.count("desc") == page.tags.count("details") > 5


def test_ids_stand_once(trial):
    ids = [value for name, value in Page(trial[2]).attributes if name == "id"]
    assert len(ids) == len(set(ids))


HOSTILE = "<script>alert(1)</script>\"'&{0}{n}%s"


def test_names_with_markup_stay_names(bench):
    rows = [row.replace(",b,", ',"' + HOSTILE.replace('"', '""') + '",') for row in SURE]
    plan = TWO_ARMS.replace('"b"', f"'''{HOSTILE}'''").replace(
        'score = "s"', f"score = 's'\nlabel = '''{HOSTILE}'''"
    )
    _, _, page = told(bench, table(*rows), plan)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_sentences_are_given_to_the_translator(bench):
    asked = []
    results = bench(table(*FEWER), TWO_ARMS)
    plan: Plan = parse_plan(TWO_ARMS.encode(), "plan.toml")

    def translate(sentence):
        asked.append(sentence)
        return sentence

    say = Say(translate)
    report(results, figures(bench.connection, plan, results, say), say, "en")
    assert "The question and the answer" in asked
    assert any("{improved} improved reliably" in sentence for sentence in asked)
