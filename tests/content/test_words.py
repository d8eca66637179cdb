"""How the texts read: easy enough, never promising, never blaming, and never the same line twice."""

import re
from collections import defaultdict

import pytest
import textstat

from tests.content.texts import CONTENT, Piece, participant_pieces, read_aloud, sentences, staff_pieces

PARTICIPANT, STAFF, ALOUD = [*participant_pieces()], [*staff_pieces()], [*read_aloud()]
LONG_ENOUGH = 40  # words: below that a grade says little
GRADES = {"help/signs": 6.0, "consent/": 8.0}
# Lines that may stand in several practices on purpose. None so far.
FIXED_LINES: frozenset[str] = frozenset()

FORBIDDEN = {
    "blames or explains away": r"in your head|psychosomatic|psychogenic|sensations are safe|catastroph",
    "labels people": r"addict|drug-seeking|sufferer|\bpatients?\b",
    "obliges": r"homework|complian|adheren|you must accept|learn to live with|failed treatment",
    "promises": r"\bcur(?:e|es|ed|ing)\b|\bfix(?:es|ed|ing)?\b|\bheal(?:s|ed|ing)?\b|retrain|pain-free|free of pain",
    "makes little of it": r"at least it isn|others have it worse|could be worse",
    "counts misses": r"you missed \d|streak|only \d+ left",
    "sorts by risk": r"\b(?:low|medium|high|at) risk\b|risk score",
    "claims to be a device": r"\btreats\b|reduces your pain|clinically proven|diagnos|detects|predicts|prescrib"
    r"|monitors your condition|therapeutic device|safe and effective|evidence shows",
}

# What may never be said to somebody who asks themselves whether a sign is dangerous.
REASSURING = (
    r"harmless|nothing to worry about|no need to worry|(?:is|are) perfectly safe|no damage|not dangerous"
    r"|your (?:pain|body|back|sensations?) (?:is|are) safe|only tension|it is just"
)
MISSES = r"\bmissed (?:\d|one|two|three|four|five|six|a few|several)|\b\d+ (?:days?|weeks?|meetings?) (?:missed|without|ago)"
MEDICINE = r"\b(?:medicines?|tablets?|pills?|painkillers?|opioids?|dose)\b"
# Who decides about it, or that it stays as it is.
DECIDED = r"agreed|doctor|nurse|pharmacist|who(?:ever)? gives? it|the one who gives|clinic"


def by_place(piece: Piece) -> str:
    return piece.place


def grade(text: str) -> float:
    return float(textstat.textstat.flesch_kincaid_grade(text))


@pytest.mark.parametrize(
    "piece", [p for p in PARTICIPANT + ALOUD if len(p.text.split()) >= LONG_ENOUGH], ids=by_place
)
def test_reads_easily(piece):
    limit = next((limit for start, limit in GRADES.items() if piece.file.startswith(start)), 5.0)
    assert grade(piece.text) <= limit, piece.place


def test_grades_tell_hard_from_easy():
    hard = "Participation in multidisciplinary rehabilitation necessitates considerable perseverance notwithstanding."
    assert grade(hard) > 12 > 5 > grade("Sit down. Have some tea. Look at the sky.")


@pytest.mark.parametrize("piece", PARTICIPANT + STAFF, ids=by_place)
def test_words_we_do_not_use(piece):
    found = {why: re.findall(words, piece.text, re.IGNORECASE) for why, words in FORBIDDEN.items()}
    assert not {why: words for why, words in found.items() if words}, piece.place


@pytest.mark.parametrize("piece", PARTICIPANT + STAFF, ids=by_place)
def test_no_text_holds_a_telephone_number(piece):
    assert not re.findall(r"\d(?:[ -]?\d){2,}", piece.text), piece.place


@pytest.mark.parametrize("piece", PARTICIPANT + ALOUD, ids=by_place)
def test_never_says_that_a_sign_is_nothing(piece):
    assert not re.findall(REASSURING, piece.text, re.IGNORECASE), piece.place


@pytest.mark.parametrize("piece", PARTICIPANT + STAFF, ids=by_place)
def test_no_numeral_of_missed_days(piece):
    assert not re.findall(MISSES, piece.text, re.IGNORECASE), piece.place


@pytest.mark.parametrize("piece", [p for p in PARTICIPANT if re.search(MEDICINE, p.text, re.I)], ids=by_place)
def test_medicine_belongs_to_whoever_gives_it(piece):
    if piece.file.startswith(("help/signs", "checkins/")):  # signs of withdrawal; what helped today
        return
    assert re.search(DECIDED, piece.text, re.IGNORECASE), piece.place


@pytest.mark.parametrize("piece", PARTICIPANT, ids=by_place)
def test_nobody_is_told_to_change_medicine(piece):
    told = r"(?<!not )\b(?:take more|take less|stop taking|come off|cut down|start taking|try taking)\b"
    near = [part for part in sentences(piece.text) if re.search(MEDICINE, part, re.I)]
    assert not [part for part in near if re.search(told, part, re.IGNORECASE)], piece.place


def test_help_card_has_a_place_for_every_kind_of_number():
    places = {passage.number for passage in CONTENT.help["card"].passages}
    assert {"emergency", "helpline", "advice"} <= places


def test_no_sentence_in_two_practices():
    places = defaultdict(set)
    for piece in PARTICIPANT:
        if piece.file.startswith(("practices/", "help/flare")):
            for sentence in sentences(piece.text):
                places[sentence.lower()].add(piece.file)
    shared = {sentence: files for sentence, files in places.items() if len(files) > 1}
    assert not {sentence: files for sentence, files in shared.items() if sentence not in FIXED_LINES}


@pytest.mark.parametrize("piece", [p for p in PARTICIPANT if p.key.startswith("forms.")], ids=by_place)
def test_no_sentence_twice_in_a_form(piece):
    lines = [sentence.lower() for sentence in sentences(piece.text)]
    assert not sorted({line for line in lines if lines.count(line) > 1})


def test_no_sentence_in_two_forms_of_a_practice():
    for practice in CONTENT.practices.values():
        forms = [
            {line.lower() for step in form.steps for line in sentences(step.text)}
            for form in practice.text["en"].forms.values()
        ]
        repeated = [line for form in forms for line in form]
        assert len(repeated) == len(set(repeated)), practice.id


def test_no_web_address_in_any_text():
    assert not [piece.place for piece in PARTICIPANT + STAFF if re.search(r"https?:|www\.", piece.text)]
