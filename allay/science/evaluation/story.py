"""The report of an evaluation: from results and pictures to blocks, from blocks to a page.

The sentences stand in `sentences`; here is their order, and the tables between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allay.science.evaluation.figures import Drawn
from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.evaluation.sentences import answers, completers, people_of, standing, yardstick
from allay.science.evaluation.story_tables import (
    between_table,
    change_table,
    completeness_table,
    description_table,
    important_table,
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
        *_people(results, drawn, say),
        *_other_outcomes(results, drawn, say),
        *_numbers(results, say),
        *_limits(results, say),
        *_methods(results, say),
        *_origin(results, say),
    ]
    words = {"contents": say("Contents"), "numbers": say("The numbers in this picture")}
    return Document(_title(results, say), _subtitle(results, say), language, tuple(blocks), words)


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
    yield Heading(say("The answer"), "answer")
    for sentence in answers(results, outcome, say):
        yield Paragraph(sentence, "lead")
    yield Paragraph(f"{standing(results, say)} {completers(results, outcome, say)}")
    yield Items(tuple(people_of(results, outcome, say)))
    yield from _pictures(drawn, outcome, "means")


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
    yield from change_table(results, outcome, say)
    yield from important_table(results, outcome, say)
    yield from _pictures(drawn, outcome, "people")


def _other_outcomes(results: Results, drawn: Sequence[Drawn], say: Say) -> Iterator[Block]:
    others = [outcome for outcome in results.study.outcomes if not outcome.primary]
    if not others:
        return
    yield Heading(say("The other outcomes"), "others")
    yield Paragraph(
        say(
            "Each is looked at on its own. The more outcomes are looked at, the more easily one of them stands out by "
            "chance; no correction is made for that."
        ),
        "note",
    )
    for place, outcome in enumerate(others):
        yield Heading(outcome.label, f"other-{place + 1}", 3)
        for sentence in answers(results, outcome, say):
            yield Paragraph(sentence)
        yield Items(tuple(people_of(results, outcome, say)))
        yield from _pictures(drawn, outcome, "means")
        yield from _people_of(results, outcome, drawn, say)


def _numbers(results: Results, say: Say) -> Iterator[Block]:
    yield Heading(say("Change in numbers"), "change")
    yield from within_table(results, say)
    yield from between_table(results, say)
    yield Heading(say("Who was measured"), "measured")
    yield from completeness_table(results, say)
    yield from pattern_table(results, say)
    yield Heading(say("The scores"), "scores")
    yield from description_table(results, say)


def _limits(results: Results, say: Say) -> Iterator[Block]:
    yield Heading(say("What this cannot show"), "limits")
    limits = [
        standing(results, say),
        say(
            "Change is computed from people measured at both timepoints. If those who left fared differently, the "
            "whole picture differs from this one. A mixed model that uses everybody comes in a later version."
        ),
        say(
            "People who were treated together in groups may resemble each other. That is not taken into account, so "
            "the intervals may be too narrow."
        ),
        say(
            "Reliable change says that a change is larger than measurement error, not what brought it about: some "
            "people improve, and some worsen, without any programme."
        ),
    ]
    yield Items(tuple(limits))


def _methods(results: Results, say: Say) -> Iterator[Block]:
    yield Heading(say("How it was computed"), "methods")
    names = {
        "description": say("Description"),
        "within": say("Change within arms"),
        "between": say("Difference between arms"),
        "change": say("Change of people"),
    }
    yield Facts(tuple((names[key], say.verbatim(text)) for key, text in results.methods.items()))
    yield Paragraph(say("Intervals are {level} intervals.", level=percent(results.study.confidence)), "note")


def _origin(results: Results, say: Say) -> Iterator[Block]:
    origin = results.provenance
    yield Heading(say("Where it comes from"), "origin")
    if results.notes:
        yield Items(tuple(say.verbatim(note) for note in results.notes))
    yield Facts(
        (
            (say("Data"), origin.data.name),
            (say("SHA-256 of the data"), origin.data.sha256),
            (say("Plan"), origin.plan.name),
            (say("SHA-256 of the plan"), origin.plan.sha256),
            (say("Evaluated at"), origin.evaluated_at),
            (say("Versions"), ", ".join(f"{name} {number}" for name, number in origin.versions.items())),
        )
    )
