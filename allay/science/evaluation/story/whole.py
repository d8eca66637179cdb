"""The report of an evaluation: from results and pictures to blocks, from blocks to a page.

The sentences stand in `sentences`; here is their order, and the tables between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.evaluation.sections import SECTIONS, Chapter
from allay.science.evaluation.story import simulation as story_simulation
from allay.science.evaluation.story.figures import Drawn
from allay.science.evaluation.story.people import people_of, yardstick
from allay.science.evaluation.story.people_tables import people_tables
from allay.science.evaluation.story.sentences import answers, counted, standing
from allay.science.evaluation.story.tables import (
    between_table,
    completeness_table,
    description_table,
    pattern_table,
    within_table,
)
from allay.science.report.blocks import Block, Document, Facts, Heading, Items, Paragraph
from allay.science.report.html import render
from allay.science.report.words import Say, percent


def report_page(
    results: Results, drawn: Sequence[Drawn], say: Say | None = None, language: str = "en"
) -> str:
    """The report as one HTML page."""
    return render(report(results, drawn, say or Say(), language))


def report(results: Results, drawn: Sequence[Drawn], say: Say, language: str) -> Document:
    """The report as blocks."""
    blocks = [
        *_answer(results, drawn, say),
        *_told(results, say, "people"),
        *_measured(results, say),
        *_told(results, say, "answer"),
        *_people(results, drawn, say),
        *_told(results, say, "change"),
        *_other_outcomes(results, drawn, say),
        *_told(results, say, "more"),
        *_limits(results, say),
        *_numbers(results, say),
        *_methods(results, say),
        *_origin(results, say),
    ]
    words = {"contents": say("Contents"), "numbers": say("The numbers in this picture")}
    return Document(_title(results, say), _subtitle(results, say), language, tuple(blocks), words)


def _told(results: Results, say: Say, chapter: Chapter) -> Iterator[Block]:
    for section in SECTIONS:
        if section.chapter == chapter:
            yield from section.tell(results, say)


def _primary(results: Results) -> OutcomeSummary:
    return next(outcome for outcome in results.study.outcomes if outcome.primary)


def _title(results: Results, say: Say) -> str:
    return results.study.title or say("{score}: what changed", score=_primary(results).label)


def _subtitle(results: Results, say: Say) -> str:
    study = results.study
    designs = {
        "randomised": say("Arms allocated by chance"),
        "comparison": say("Arms not allocated by chance"),
        "single-group": say("One group, no comparison"),
    }
    parts = [
        designs[study.design],
        ", ".join(study.arms),
        say("from {first} to {last}", first=study.first, last=study.last),
        results.provenance.evaluated_at[:10],
    ]
    return " · ".join(part for part in parts if part)


def _pictures(drawn: Sequence[Drawn], outcome: OutcomeSummary, *kinds: str) -> list[Block]:
    return [one.figure for one in drawn if one.score == outcome.score and one.kind in kinds]


def _answer(results: Results, drawn: Sequence[Drawn], say: Say) -> Iterator[Block]:
    outcome = _primary(results)
    yield Heading(say("The question and the answer"), "answer")
    if question := results.study.estimand.get("question"):
        yield Paragraph(say.verbatim(question))
    for sentence in answers(results, outcome, say):
        yield Paragraph(sentence, "lead")
    yield Paragraph(f"{standing(results, say)} {counted(results, outcome, say)}")
    yield Items(tuple(people_of(results, outcome, say)))
    yield from _pictures(drawn, outcome, "means")
    yield from _estimand(results, say)


def _estimand(results: Results, say: Say) -> Iterator[Block]:
    names = {
        "population": say("Who"),
        "treatment": say("What is compared"),
        "variable": say("What is measured"),
        "events": say("What if people leave or find other care"),
        "summary": say("What is summed up"),
    }
    said = [
        (names[key], say.verbatim(words)) for key, words in results.study.estimand.items() if key in names
    ]
    if said:
        yield Facts(tuple(said))


def _people(results: Results, drawn: Sequence[Drawn], say: Say) -> Iterator[Block]:
    outcome = _primary(results)
    yield Heading(say("Who improved, and who worsened"), "people")
    yield from _people_of(results, outcome, drawn, say)


def _people_of(
    results: Results, outcome: OutcomeSummary, drawn: Sequence[Drawn], say: Say
) -> Iterator[Block]:
    for sentence in yardstick(results, outcome, say):
        yield Paragraph(sentence)
    yield from _pictures(drawn, outcome, "change")
    yield from people_tables(results, outcome, say)
    yield from _pictures(drawn, outcome, "people")


def _other_outcomes(results: Results, drawn: Sequence[Drawn], say: Say) -> Iterator[Block]:
    others = [outcome for outcome in results.study.outcomes if not outcome.primary]
    if not others:
        return
    yield Heading(say("The other outcomes, one by one"), "others")
    for place, outcome in enumerate(others):
        yield Heading(outcome.label, f"other-{place + 1}", 3)
        for sentence in answers(results, outcome, say):
            yield Paragraph(sentence)
        yield Items(tuple(people_of(results, outcome, say)))
        yield from _pictures(drawn, outcome, "means")
        yield from _people_of(results, outcome, drawn, say)


def _measured(results: Results, say: Say) -> Iterator[Block]:
    yield Heading(say("How complete the scores are"), "measured")
    yield from completeness_table(results, say)
    yield from pattern_table(results, say)


def _numbers(results: Results, say: Say) -> Iterator[Block]:
    yield Heading(say("Those measured at both ends"), "change")
    yield from within_table(results, say)
    yield from between_table(results, say)
    yield Heading(say("The scores"), "scores")
    yield from description_table(results, say)


def _limits(results: Results, say: Say) -> Iterator[Block]:
    yield Heading(say("What this cannot show"), "limits")
    limits = [
        standing(results, say),
        *_together(results, say),
        _missing(results, say),
        say(
            "Reliable change says that a change is larger than measurement error, not what brought it about: some "
            "people improve, and some worsen, without any programme."
        ),
    ]
    yield Items(tuple(limits))


def _together(results: Results, say: Say) -> Iterator[str]:
    """About people who met in groups, where the model does not know of them."""
    if results.meeting.ignored:
        yield say(
            "People who met in a group may resemble each other. {note} Intervals may be too narrow and p values too "
            "small.",
            note=results.meeting.note,
        )
    elif not results.meeting.groups:
        yield say(
            "The table does not say who met with whom. If people met in groups, they may resemble each other, and the "
            "intervals may be too narrow."
        )


def _missing(results: Results, say: Say) -> str:
    if results.mixed is None:
        return say(
            "Only people measured at both timepoints count. If those who left fared differently, the whole picture "
            "differs from this one."
        )
    return say(
        "Missing scores are taken to be like those of similar people who stayed. If those who left fared worse than "
        "such people, the picture is too bright. Improved and worsened people are counted among those measured at both "
        "timepoints only."
    )


def _methods(results: Results, say: Say) -> Iterator[Block]:
    yield Heading(say("How it was computed"), "methods")
    names = {
        "mixed": say("Primary model"),
        "missing": say("Missing scores"),
        "compared": say("People compared between arms"),
        "harms": say("Harms and completion"),
        "mechanisms": say("Mechanisms"),
        "diary": say("Day by day"),
        "description": say("Description"),
        "within": say("Change within arms"),
        "between": say("Difference between arms"),
        "change": say("Change of people"),
    }
    yield Facts(
        tuple(
            (names.get(key, key), say.verbatim(text))
            for key, text in sorted(results.methods.items(), key=_order)
        )
    )
    yield Paragraph(say("Intervals are {level} intervals.", level=percent(results.study.confidence)), "note")
    yield from story_simulation.tell(results, say)


def _order(method: tuple[str, str]) -> bool:
    """The primary model first."""
    return method[0] != "mixed"


def _origin(results: Results, say: Say) -> Iterator[Block]:
    origin = results.provenance
    yield Heading(say("Where it comes from"), "origin")
    yield from _lock(results, say)
    if results.notes:
        yield Items(tuple(say.verbatim(note) for note in results.notes))
    yield Facts(
        (
            (say("Data"), origin.data.name),
            (say("SHA-256 of the data"), origin.data.sha256),
            (say("Plan"), origin.plan.name),
            (say("SHA-256 of the plan"), origin.plan.sha256),
            (say("SHA-256 of the programme's code"), origin.code_sha256),
            (say("Evaluated at"), origin.evaluated_at),
            (say("Versions"), ", ".join(f"{name} {number}" for name, number in origin.versions.items())),
        )
    )


def _lock(results: Results, say: Say) -> Iterator[Block]:
    lock = results.provenance.lock
    if lock is None:
        yield Paragraph(
            say("The plan was not locked before: nothing shows that it was fixed before the data were seen.")
        )
        return
    if not lock.departures:
        yield Paragraph(
            say(
                "The plan was locked at {at} and kept (lock {sha256}).",
                at=lock.locked_at,
                sha256=lock.lock_sha256,
            )
        )
        return
    yield Paragraph(
        say(
            "The plan was locked at {at} (lock {sha256}). It was departed from:",
            at=lock.locked_at,
            sha256=lock.lock_sha256,
        )
    )
    yield Items(tuple(say.verbatim(one) for one in lock.departures))
