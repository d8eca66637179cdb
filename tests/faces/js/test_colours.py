"""Every colour pair of the style sheet can be read: text 4.5 : 1, parts 3 : 1."""

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[3] / "allay/faces/shared/static/shared/allay.css").read_text()
GROUNDS = ("paper", "card", "moss-tint", "clay-tint", "sky-tint")
TEXTS = ("ink", "soft", "moss", "clay", "sky", "emergency")
PAIRS = [(text, ground, 4.5) for text in TEXTS for ground in GROUNDS]
PAIRS += [("on-act", "moss", 4.5), ("on-act", "press", 4.5), ("line", "card", 3.0)]


def tokens(selector):
    block = SHEET.split(selector, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", block))


THEMES = {"light": tokens(':root, [data-theme="light"] {'), "dark": tokens('[data-theme="dark"] {')}


def stronger(selector):
    """The tokens of both themes under stronger contrast; what it does not name stays as it was."""
    block = SHEET.split("@supports (color: light-dark", 1)[1].split(selector, 1)[1].split("}", 1)[0]
    pairs = re.findall(r"--([a-z-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\);", block)
    same = re.findall(r"--([a-z-]+): var\(--([a-z-]+)\);", block)
    found = {}
    for place, theme in enumerate(THEMES, start=1):
        named = {pair[0]: pair[place] for pair in pairs}
        found[theme] = {**THEMES[theme], **named, **{name: named[other] for name, other in same}}
    return found


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_a_pair_can_be_read(theme, front, ground, least):
    assert contrast(THEMES[theme][front], THEMES[theme][ground]) >= least


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_under_stronger_contrast_text_has_seven_to_one(theme, front, ground, least):
    tokens = stronger(':root[data-theme][data-contrast="more"] {')[theme]
    assert contrast(tokens[front], tokens[ground]) >= (7 if least == 4.5 else 4.5)


def test_a_phone_that_asks_for_contrast_gets_the_same_as_one_that_is_told():
    assert stronger(":root[data-theme] {") == stronger(':root[data-theme][data-contrast="more"] {')


def test_the_phones_own_dark_theme_has_the_same_colours():
    assert tokens(':root:not([data-theme="light"]) {') == THEMES["dark"]


def test_red_is_used_for_the_emergency_line_only():
    users = [line for line in SHEET.splitlines() if "var(--emergency)" in line]
    assert users
    assert all(".emergency" in line for line in users)
