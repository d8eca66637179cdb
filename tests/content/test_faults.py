"""Every kind of fault is found and names file, key and reason; the check finds them all at once."""

import argparse
import shutil

import pytest

from allay.content import library
from allay.content.loading.shelf import BUILT_IN
from allay.server.commands import content as command
from tests.content.test_library import borrow, put

PHQ, WEEK = "instruments/phq-8", "programme/compassion-12/week-03"
PROGRAMME = "programme/compassion-12/programme.toml"
ARRIVING = "practices/p01-arriving/text.en.toml"

# file, what stands there, what is put in its place, the key that must be named, words of the reason
CHANGES = {
    "syntax": (f"{PHQ}/definition.toml", 'id = "phq-8"', "id = phq-8", "line 1", "not TOML"),
    "missing key": (f"{PHQ}/definition.toml", 'recall = "the last 2 weeks"', "", "recall", "is missing"),
    "unknown key": (f"{PHQ}/definition.toml", "recall =", "recal =", "recal", "not a key"),
    "wrong type": (f"{PHQ}/definition.toml", "sd = 6.3", 'sd = "wide"', "scores.0.change.sd", "'wide'"),
    "other id": (f"{PHQ}/definition.toml", 'id = "phq-8"', 'id = "phq-9"', "id", "folder is called phq-8"),
    "unknown scale": (
        f"{PHQ}/definition.toml",
        "[scales.frequency]",
        "[scales.often]",
        "items.0.scale",
        "no scale",
    ),
    "unknown item": (f"{PHQ}/definition.toml", '["phq1",', '["phq9",', "scores.0.items", "phq9"),
    "item twice": (f"{PHQ}/definition.toml", '["phq1",', '["phq2",', "scores.0.items", "twice"),
    "too many needed": (
        f"{PHQ}/definition.toml",
        "min_answered = 7",
        "min_answered = 9",
        "scores.0.min_answered",
        "larger",
    ),
    "band gap": (f"{PHQ}/definition.toml", "low = 5\n", "low = 6\n", "scores.0.bands", "5 comes next"),
    "band short": (
        f"{PHQ}/definition.toml",
        "high = 24",
        "high = 23",
        "scores.0.bands",
        "highest score is 24",
    ),
    "item without words": (
        f"{PHQ}/text.en.toml",
        "phq3 =",
        "phq33 =",
        "items",
        "lacks phq3 and has the unknown phq33",
    ),
    "score without words": (f"{PHQ}/text.en.toml", "total =", "sum =", "scores", "lacks total"),
    "band without words": (f"{PHQ}/text.en.toml", "mild =", "mildly =", "bands", "lacks mild"),
    "label without value": (
        f"{PHQ}/text.en.toml",
        '3 = "Nearly',
        '4 = "Nearly',
        "options.frequency",
        "lacks 3",
    ),
    "labels of no scale": (
        f"{PHQ}/text.en.toml",
        "[options.frequency]",
        "[options.often]",
        "options",
        "often",
    ),
    "example lacks item": (f"{PHQ}/examples.toml", "{ phq1 = 0, ", "{ ", "examples.0.answers", "lacks phq1"),
    "example off scale": (
        f"{PHQ}/examples.toml",
        "phq1 = 0",
        "phq1 = 7",
        "examples.0.answers.phq1",
        "not on the scale",
    ),
    "example of no score": (f"{PHQ}/examples.toml", "{ total", "{ sum", "examples.0.scores", "lacks total"),
    "own words unmarked": (
        "instruments/pain-ratings/text.en.toml",
        '[review]\nedition = "1"\nby = ""\non = ""\n',
        "",
        "review",
        "review mark",
    ),
    "timing": (ARRIVING, "seconds = 8,", "seconds = 9,", "forms.1", "61 seconds, not 60"),
    "unknown place of the body": (
        ARRIVING,
        'areas = ["feet"]',
        'areas = ["wings"]',
        "areas",
        "no wings under",
    ),
    "nothing left": (
        "practices/p22-kind-body-tour/text.en.toml",
        'seconds = 10, text = "Thank',
        'seconds = 10, areas = ["head"], text = "Thank',
        "forms.1",
        "has nothing left",
    ),
    "practice unmarked": (ARRIVING, 'edition = "1"', "", "review.edition", "is missing"),
    "half a review date": (ARRIVING, 'on = ""', 'on = "soon"', "review.on", "soon"),
    "unknown alternative": (
        "practices/index.toml",
        '"p02-anchor"]',
        '"p77-x"]',
        "p01-arriving.alternatives",
        "no other practice p77-x",
    ),
    "exposing and compared": (
        "practices/index.toml",
        "exposing = true\n",
        "exposing = true\ncomparable = true\n",
        "practices.12.comparable",
        "drawn by lot",
    ),
    "better end of a choice": (
        "checkins/daily.en.toml",
        'kind = "choice"\n',
        'kind = "choice"\nbetter = "more"\n',
        "items.2.better",
        "no better end",
    ),
    "unknown practice": (f"{WEEK}/session.toml", '"p04-', '"p94-', "practices", "no practice p94-"),
    "practice twice": (
        f"{WEEK}/session.toml",
        '["p02-anchor"]',
        '["p05-rhythm-without-breath"]',
        "alternatives",
        "already",
    ),
    "wrong week": (f"{WEEK}/session.toml", "week = 3", "week = 4", "week", "folder is called week-03"),
    "unknown mechanism": (f"{WEEK}/session.toml", '["stress"]', '["luck"]', "mechanisms.0", "'luck'"),
    "exposing practice": (
        "programme/compassion-12/week-07/session.toml",
        '"exposing"',
        '"ordinary"',
        "safety_level",
        "exposing practice",
    ),
    "no watch-points": (f"{WEEK}/guide.en.md", "## Watch for", "## Online", "watch", "is missing"),
    "unknown heading": (f"{WEEK}/guide.en.md", "## Watch for", "## Look out", "Look out", "no such heading"),
    "text without heading": (
        f"{WEEK}/guide.en.md",
        "## Prepare",
        "Prepare",
        "line 1",
        "before the first",
    ),
    "empty section": (
        f"{WEEK}/guide.en.md",
        "## Prepare",
        "## Arrive\n\n## Prepare",
        "line 1",
        "nothing below",
    ),
    "watch-points no list": (
        f"{WEEK}/guide.en.md",
        "## Watch for\n\n- ",
        "## Watch for\n\n",
        "Watch for",
        "is a list",
    ),
    "short meeting": (
        PROGRAMME,
        "meeting_minutes = 120",
        "meeting_minutes = 90",
        "blocks",
        "last 120 minutes",
    ),
    "missing week": (PROGRAMME, "weeks = 12", "weeks = 13", "weeks", "week-13 is missing"),
    "week too many": (PROGRAMME, "weeks = 12", "weeks = 11", "weeks", "week-12 is none of the 11"),
    "unknown schedule": (
        PROGRAMME,
        'schedule = "compassion-12"',
        'schedule = "daily"',
        "schedule",
        "no daily",
    ),
    "unknown consent": (PROGRAMME, 'consent = "compassion-12"', 'consent = "other"', "consent", "no other"),
    "unknown instrument": (
        "schedules/compassion-12.toml",
        '"pain-ratings"]',
        '"pain-rating"]',
        "timepoints.0.instruments",
        "no instrument",
    ),
    "a sitting too long for the middle": (
        "schedules/compassion-12.toml",
        """minutes = 3  # in the middle of everything; the weekly note goes on beside it
instruments = ["phq-8",""",
        """minutes = 3
instruments = ["gad-7", "phq-8",""",
        "timepoints.1.instruments",
        "take 5 minutes (en); week-6 has 3",
    ),
    "due outside its window": (
        "schedules/compassion-12.toml",
        "due = -7",
        "due = 9",
        "timepoints.0.due",
        "opens <= due",
    ),
    "row without ends": (
        "checkins/daily.en.toml",
        'ends = ["Very low", "Very good"]',
        "",
        "items.0.ends",
        "both ends",
    ),
    "head not closed": ("help/card.en.md", "\n+++\n\n", "\n\n", "line 1", "between two lines of +++"),
    "fault in the head": ("help/card.en.md", "intro = ", "intro : ", "line 3", "not TOML"),
    "unknown number": (
        "help/card.en.md",
        "{call: helpline}",
        "{call: friend}",
        "passages.1.number",
        "'friend'",
    ),
    "choice twice": (
        "consent/compassion-12.en.md",
        'id = "evaluation"',
        'id = "programme"',
        "choices",
        "twice",
    ),
    "drawing with style": (
        "programme/compassion-12/week-01/drawing.svg",
        "<circle ",
        '<circle style="fill:red" ',
        "svg",
        "attribute style",
    ),
    "drawing with script": (
        "programme/compassion-12/week-01/drawing.svg",
        "</svg>",
        "<script>1</script></svg>",
        "svg",
        "may not hold script",
    ),
    "drawing not XML": (
        "programme/compassion-12/week-01/drawing.svg",
        "<desc ",
        "<g ",
        "svg",
        "is not XML",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "key", "reason"), CHANGES.values(), ids=CHANGES)
def test_fault_names_file_key_and_reason(tmp_path, file, old, new, key, reason):
    borrow(tmp_path, file, old, new)
    faults = library.check(tmp_path)
    assert any(fault.key == key and reason in fault.reason for fault in faults), "\n".join(map(str, faults))
    shown = file if key != "blocks" else "programme/compassion-12/frame.en.toml"
    assert all(shown in fault.file for fault in faults), "\n".join(map(str, faults))


def test_instrument_without_examples_does_not_load(tmp_path):
    for name in ("definition", "text.en"):
        text = (BUILT_IN / f"instruments/global-change/{name}.toml").read_text(encoding="utf-8")
        put(tmp_path, f"instruments/new-change/{name}.toml", text.replace('"global-change"', '"new-change"'))
    (fault,) = library.check(tmp_path)
    assert fault.file == str(tmp_path / "instruments/new-change/examples.toml")
    assert (fault.key, "file is missing" in fault.reason) == ("examples", True)


def test_instrument_that_may_be_shipped_needs_its_words(tmp_path):
    for name in ("definition", "examples"):
        text = (BUILT_IN / f"instruments/global-change/{name}.toml").read_text(encoding="utf-8")
        put(tmp_path, f"instruments/new-change/{name}.toml", text.replace('"global-change"', '"new-change"'))
    (fault,) = library.check(tmp_path)
    assert fault.file.endswith("new-change/text.en.toml")


def test_structure_only_instrument_waits_for_words_of_the_site(tmp_path):
    for name in ("definition", "examples"):
        text = (BUILT_IN / f"instruments/global-change/{name}.toml").read_text(encoding="utf-8")
        text = text.replace('"global-change"', '"new-change"').replace(
            'status = "own"', 'status = "site-supplied"'
        )
        put(tmp_path, f"instruments/new-change/{name}.toml", text)
    assert library.load(tmp_path).instruments["new-change"].wording == {}


def test_practice_that_the_index_does_not_list(tmp_path):
    shutil.copytree(BUILT_IN / "practices/p01-arriving", tmp_path / "practices/p25-tea")
    (fault,) = library.check(tmp_path)
    assert (fault.key, "p25-tea" in fault.reason) == ("practices", True)


def test_drawing_without_words_for_those_who_cannot_see_it(tmp_path):
    put(
        tmp_path,
        f"{WEEK}/drawing.svg",
        '<svg xmlns="http://www.w3.org/2000/svg"><title>Three circles</title></svg>',
    )
    (fault,) = library.check(tmp_path)
    assert fault.reason.startswith("needs desc")


def test_folder_without_definition_is_a_fault(tmp_path):
    put(tmp_path, "instruments/half-done/README.md", "later")
    (fault,) = library.check(tmp_path)
    assert fault.file.endswith("half-done/definition.toml")


def test_file_that_is_not_utf_8_names_the_line(tmp_path):
    path = tmp_path / "help/card.en.md"
    path.parent.mkdir()
    path.write_bytes(b'+++\ntitle = "caf\xe9"\n+++\n')
    (fault,) = library.check(tmp_path)
    assert (fault.key, fault.reason) == ("line 2", "is not UTF-8 text")


@pytest.mark.parametrize(
    "name",
    [
        "instrument/phq-8/definition.toml",
        "instruments/phq-8/text.deu.toml",
        "help/card.english.md",
        "notes.txt",
    ],
)
def test_file_that_nothing_reads_is_named(tmp_path, name):
    put(tmp_path, name, "")
    (fault,) = library.check(tmp_path)
    assert (fault.file, "nothing reads" in fault.reason) == (str(tmp_path / name), True)


def test_file_that_nothing_reads_does_not_stop_the_service(tmp_path):
    put(tmp_path, "help/card.en.md~.old", "")
    assert library.load(tmp_path).help


def test_readme_may_lie_anywhere(tmp_path):
    put(tmp_path, "instruments/phq-8/README.md", "Where the words come from.")
    assert library.check(tmp_path) == []


def test_missing_local_folder_is_named(tmp_path):
    (fault,) = library.check(tmp_path / "nowhere")
    assert "no such folder" in fault.reason


def test_all_faults_are_found_at_once(tmp_path):
    for file, old, new, *_rest in (CHANGES["band gap"], CHANGES["timing"], CHANGES["unknown practice"]):
        borrow(tmp_path, file, old, new)
    files = {fault.file.removeprefix(f"{tmp_path}/") for fault in library.check(tmp_path)}
    assert files == {f"{PHQ}/definition.toml", ARRIVING, f"{WEEK}/session.toml"}


def test_several_faults_of_one_file_are_all_named(tmp_path):
    borrow(tmp_path, f"{PHQ}/definition.toml", 'recall = "the last 2 weeks"', 'recal = "x"')
    assert {fault.key for fault in library.check(tmp_path)} == {"recall", "recal"}


def test_one_broken_file_takes_nothing_else_with_it(tmp_path):
    borrow(tmp_path, f"{WEEK}/text.en.toml", "title =", "titel =")
    faults = library.check(tmp_path)
    assert {fault.key for fault in faults} == {"title", "titel"}


def run_check(*words):
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(["check", *words]))


def test_command_sums_up_in_one_line(capsys):
    assert run_check() == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "24 practices (24 written), 12 sessions (12 written in full)" in out
    assert "not yet reviewed" in out


def test_command_names_each_fault_on_a_line_and_fails(capsys, tmp_path):
    for change in ("unknown key", "timing"):
        borrow(tmp_path, *CHANGES[change][:3])
    assert run_check("--extra", str(tmp_path)) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert all(str(tmp_path) in line for line in lines)


def test_command_computes_the_worked_examples(capsys, tmp_path):
    borrow(tmp_path, f"{PHQ}/examples.toml", "total = 7", "total = 8")
    assert run_check("--extra", str(tmp_path)) == 1
    assert "examples.2.scores: total is 8 in the file and comes out as 7" in capsys.readouterr().err
