"""Every instrument that is shipped, for parametrising: a new folder is covered without touching a test."""

import pytest

from allay.content import library
from allay.content.schema import Instrument


def shipped() -> list[Instrument]:
    return [instrument for _, instrument in sorted(library.load().instruments.items())]


def scores(*, with_bands: bool = False) -> list[object]:
    return [
        pytest.param(instrument, rule, id=f"{instrument.id}-{rule.id}")
        for instrument in shipped()
        for rule in instrument.scores
        if rule.bands or not with_bands
    ]


every_instrument = pytest.mark.parametrize("instrument", shipped(), ids=lambda instrument: instrument.id)
every_score = pytest.mark.parametrize(("instrument", "rule"), scores())
every_banded_score = pytest.mark.parametrize(("instrument", "rule"), scores(with_bands=True))
