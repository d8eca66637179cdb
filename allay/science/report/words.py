"""Sentences and numbers of a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import floor, isfinite, log10

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"


def _as_it_is(text: str) -> str:
    return text


def _english(one: str, many: str, n: int) -> str:
    return one if n == 1 else many


@dataclass(frozen=True)
class Say:
    """Says a sentence in the reader's language and puts the parts in.

    The two functions are those of gettext; without them the sentence stays English. The sentences are the
    literal strings given to `say(...)` and `say.count(...)`.
    """

    translate: Callable[[str], str] = _as_it_is
    plural: Callable[[str, str, int], str] = _english

    def __call__(self, sentence: str, **parts: object) -> str:
        return self.translate(sentence).format(**parts)

    def verbatim(self, text: str) -> str:
        """A text without parts to put in; braces in it stand for themselves."""
        return self.translate(text)

    def count(self, one: str, many: str, n: int, **parts: object) -> str:
        return self.plural(one, many, n).format(n=whole(n), **parts)


def whole(n: int) -> str:
    """A count with thin spaces between thousands."""
    return f"{n:,}".replace(",", THIN).replace("-", MINUS)


def number(value: float, decimals: int) -> str:
    """A number with a real minus sign, halves rounded away from nought; "-0.0" loses its sign."""
    if abs(value) >= 1e15:
        return f"{value:.4g}".replace("-", MINUS)
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:f}".replace("-", MINUS)


def decimals_for(spread: float | None) -> int:
    """As many decimals as show two figures of a standard deviation: one for 8.3, two for 0.83."""
    if spread is None or not isfinite(spread) or spread <= 0:
        return 1
    return min(6, max(1, 1 - floor(log10(spread))))


def percent(share: float) -> str:
    """A share as a whole percentage."""
    return f"{number(100 * share, 0)}{THIN}%"


def p_value(p: float) -> str:
    """Three decimals, or "< .001"."""
    return "< 0.001" if p < 0.001 else number(p, 3)
