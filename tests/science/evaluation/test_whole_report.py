"""A report in which every section speaks: nothing in it but numbers of results.json, and nothing left unsaid."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

from allay.science.evaluation.plan import parse_plan
from allay.science.evaluation.results.schema import results_schema
from allay.science.evaluation.sections import SECTIONS
from allay.science.evaluation.story.figures import figures
from allay.science.evaluation.story.whole import report
from allay.science.report.blocks import Heading
from allay.science.report.words import Say

from .conftest import Bench
from .test_report import cells_of, sentences_of, unfounded
from .whole import PLAN, diary, table


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("whole"))
    results = bench(table(), PLAN, diary=diary())
    drawn = figures(bench.connection, parse_plan(PLAN.encode(), "plan.toml"), results)
    yield results, report(results, drawn, Say(), "en").blocks
    bench.close()


def test_every_number_in_the_sentences_comes_from_the_results(whole):
    results, blocks = whole
    assert unfounded(sentences_of(blocks), results) == []


def test_every_number_in_the_tables_comes_from_the_results(whole):
    results, blocks = whole
    assert unfounded(cells_of(blocks), results) == []


def test_every_section_speaks_and_says_how_it_was_computed(whole):
    results, _ = whole
    for section in SECTIONS:
        assert getattr(results, section.name) is not None, section.name
        if list(section.tell(results, Say())) and section.name != "flow":
            assert results.methods[section.name], section.name


def test_the_results_keep_to_the_schema(whole):
    told = json.loads(json.dumps(whole[0].as_dict(), allow_nan=False))
    Draft202012Validator(results_schema()).validate(told)


def test_headings_have_ids_of_their_own(whole):
    anchors = [block.anchor for block in whole[1] if isinstance(block, Heading)]
    assert len(anchors) == len(set(anchors))
    assert all(re.fullmatch(r"[a-z0-9-]+", anchor) for anchor in anchors)


def test_people_have_no_place_in_it(whole):
    told = json.dumps(whole[0].as_dict()) + " ".join(sentences_of(whole[1]))
    assert not re.search(r"\bm0\d\d\b", told)
