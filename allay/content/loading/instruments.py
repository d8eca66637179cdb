"""Instruments: a folder of definition.toml, text.<language>.toml and examples.toml each."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allay.content.errors import ContentError
from allay.content.loading.reading import Unreadable, languages, shaped, table
from allay.content.loading.shelf import Shelf
from allay.content.schema import Example, Instrument, Scale, ScoreRule, Shape, Wording


class Examples(Shape):
    """The file examples.toml."""

    examples: tuple[Example, ...]


def fingerprint(data: dict[str, Any]) -> str:
    """SHA-256 of canonical JSON: keys sorted, no blanks, UTF-8."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def instrument(shelf: Shelf, name: str) -> Instrument:
    """One instrument with its words, examples and fingerprint. Raises Unreadable."""
    path = shelf.path("instruments", name, "definition.toml")
    definition = shaped(Instrument, table(path), path)
    if definition.id != name:
        raise Unreadable(ContentError(path, "id", f"is {definition.id}, but the folder is called {name}"))
    if faults := [*_band_faults(definition, path)]:
        raise Unreadable(*faults)
    filled = {"wording": _wording(shelf, name, definition), "examples": _examples(shelf, name, definition)}
    whole = definition.model_copy(update=filled)
    return whole.model_copy(update={"fingerprint": fingerprint(_asked(whole))})


def _asked(whole: Instrument) -> dict[str, Any]:
    """What was asked and how it is scored: the licence's date or a review changes neither."""
    asked = whole.model_dump(mode="json", exclude={"licence", "examples", "fingerprint"})
    for wording in asked["wording"].values():
        del wording["review"]
    return asked


def _wording(shelf: Shelf, name: str, definition: Instrument) -> dict[str, Wording]:
    found: dict[str, Wording] = {}
    for language, file in languages(shelf.files("instruments", name, ending=".toml"), "text", ".toml"):
        path = shelf.path("instruments", name, file)
        wording = shaped(Wording, table(path), path)
        if faults := [*_wording_faults(definition, wording, path)]:
            raise Unreadable(*faults)
        found[language] = wording
    if not found and definition.licence.status in ("bundled", "own"):
        missing = shelf.path("instruments", name, "text.en.toml")
        raise Unreadable(
            ContentError(missing, "items", "this file is missing, and the wording may be shipped")
        )
    return found


def _examples(shelf: Shelf, name: str, definition: Instrument) -> tuple[Example, ...]:
    path = shelf.path("instruments", name, "examples.toml")
    if not path.is_file():
        reason = "this file is missing: without worked answers nobody can see that the scores are right"
        raise Unreadable(ContentError(path, "examples", reason))
    examples = shaped(Examples, table(path), path).examples
    if not examples:
        raise Unreadable(ContentError(path, "examples", "is empty"))
    if faults := [*_example_faults(definition, examples, path)]:
        raise Unreadable(*faults)
    return examples


def _difference(found: set[str], wanted: set[str]) -> str:
    """Which ids are missing and which are unknown, in words; empty if the two agree."""
    parts = []
    if missing := wanted - found:
        parts.append(f"lacks {', '.join(sorted(missing))}")
    if unknown := found - wanted:
        parts.append(f"has the unknown {', '.join(sorted(unknown))}")
    return " and ".join(parts)


def _wording_faults(definition: Instrument, wording: Wording, path: Path) -> Iterator[ContentError]:
    bands = {band.id for rule in definition.scores for band in rule.bands}
    pairs = {
        "items": (set(wording.items), {item.id for item in definition.items}),
        "scores": (set(wording.scores), {rule.id for rule in definition.scores}),
        "bands": (set(wording.bands), bands),
    }
    for key, (found, wanted) in pairs.items():
        if difference := _difference(found, wanted):
            yield ContentError(path, key, difference)
    for key, scales in (("options", set(wording.options)), ("ends", set(wording.ends))):
        if unknown := scales - set(definition.scales):
            yield ContentError(path, key, f"has the unknown {', '.join(sorted(unknown))}")
    for scale_id, scale in definition.scales.items():
        yield from _scale_faults(scale_id, scale, wording, path)
    if definition.licence.status == "own" and wording.review is None:
        yield ContentError(path, "review", "is missing: our own words carry a review mark")


def _scale_faults(scale_id: str, scale: Scale, wording: Wording, path: Path) -> Iterator[ContentError]:
    labels = wording.options.get(scale_id)
    if labels is None and scale_id not in wording.ends:
        yield ContentError(
            path, f"options.{scale_id}", "the scale has neither labels here nor words under ends"
        )
    elif labels is not None and (
        difference := _difference(set(labels), {str(value) for value in scale.values})
    ):
        yield ContentError(path, f"options.{scale_id}", difference)


def _band_faults(definition: Instrument, path: Path) -> Iterator[ContentError]:
    """Bands must cover the whole range of their score, side by side."""
    for place, rule in enumerate(definition.scores):
        if reason := _gap(definition, rule):
            yield ContentError(path, f"scores.{place}.bands", reason)


def _gap(definition: Instrument, rule: ScoreRule) -> str:
    if not rule.bands:
        return ""
    low, high = definition.score_range(rule)
    step = 1.0 if rule.method == "sum" else 1.0 / len(rule.items)
    expected = low
    for band in rule.bands:
        if band.low > band.high:
            return f"{band.id} ends before it begins"
        if abs(band.low - expected) > 1e-9:
            return f"{band.id} begins at {band.low:g}; {expected:g} comes next"
        expected = band.high + step
    last = rule.bands[-1]
    return "" if last.high == high else f"{last.id} ends at {last.high:g}; the highest score is {high:g}"


def _example_faults(
    definition: Instrument, examples: tuple[Example, ...], path: Path
) -> Iterator[ContentError]:
    scores = {rule.id for rule in definition.scores}
    for place, example in enumerate(examples):
        yield from _answer_faults(definition, example, path, f"examples.{place}.answers")
        if difference := _difference(set(example.scores), scores):
            yield ContentError(path, f"examples.{place}.scores", difference)


def _answer_faults(definition: Instrument, example: Example, path: Path, key: str) -> Iterator[ContentError]:
    if difference := _difference(set(example.answers), {item.id for item in definition.items}):
        yield ContentError(path, key, difference)
    for item in definition.items:
        answer = example.answers.get(item.id)
        if answer is not None and answer not in definition.scale_of(item).values:
            yield ContentError(path, f"{key}.{item.id}", f"{answer} is not on the scale {item.scale}")
