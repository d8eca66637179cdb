"""The words of the participant's pages: every sentence of the content is there, and all are plain."""

import re
from pathlib import Path

import pytest
import textstat

from allay.content import library

FACE = Path(__file__).parents[3] / "allay/faces/participant"
TEMPLATES = sorted((FACE / "templates/participant").glob("*.html"))
CODE = sorted([*FACE.glob("*.py"), *(FACE / "views").glob("*.py")])
PHRASE = re.compile(r'{% phrase "([^"]+)"')
TRANSLATED = re.compile(r'{% translate "([^"]+)"|{% blocktranslate[^%]*%}(.*?){%', re.DOTALL)
NEVER = re.compile(
    r"\b(streak|badge|homework|compliance|adherence|sufferer|patient|cure|missed|failed|overdue|risk)\b|%\d|\d%",
    re.IGNORECASE,
)


IN_CODE = re.compile(r'\b_\(\s*"([^"]+)"')


def sentences(file):
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        yield from IN_CODE.findall(source)
    for translated, block in TRANSLATED.findall(source):
        yield re.sub(r"{{.*?}}", "seven", translated or block)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_every_phrase_is_among_the_content(template):
    known = library.load().phrases
    assert not [key for key in PHRASE.findall(template.read_text(encoding="utf-8")) if key not in known]


@pytest.mark.parametrize("file", [*TEMPLATES, *CODE], ids=lambda file: file.name)
def test_no_word_that_hurts(file):
    assert not [found for words in sentences(file) if (found := NEVER.search(words))]


def test_the_pages_read_at_grade_five_or_lower():
    everything = " ".join(
        words.rstrip(".?!") + "." for file in [*TEMPLATES, *CODE] for words in sentences(file)
    )
    assert textstat.flesch_kincaid_grade(everything) <= 5


def test_no_longer_sentence_reads_above_grade_six():
    long = {words for file in [*TEMPLATES, *CODE] for words in sentences(file) if len(words.split()) >= 8}
    hard = {words: grade for words in long if (grade := textstat.flesch_kincaid_grade(words)) > 6}
    assert not hard
