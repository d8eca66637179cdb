"""Model formulas such as `y ~ x + arm*visit`: parsed into terms, never evaluated.

    formula  =  name "~" sum                  sum      =  ["+" | "-"] part { ("+" | "-") part }
    part     =  product { "*" product }       product  =  atom { ":" atom }
    atom     =  name | "1" | "0" | "(" sum ")"

`a*b` stands for `a + b + a:b`; only the intercept can be taken away (`0 + …` or `… - 1`). Names are letters, digits,
dots and underscores; any other name goes between backticks. Terms come in R's order: by the number of
variables in them, then as written (Wilkinson & Rogers, Applied Statistics 1973; 22: 392-399).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.models.errors import BadModel

LONGEST = 2000  # characters
MOST_TERMS = 200
DEEPEST = 20  # brackets inside brackets
TOKEN = re.compile(
    r"\s*(?:(?P<quoted>`[^`]+`)|(?P<name>[^\W\d][\w.]*)|(?P<number>\d[\w.]*)|(?P<sign>.))", re.S
)

Term = frozenset[str]
INTERCEPT: Term = frozenset()


@dataclass(frozen=True)
class Formula:
    """`terms` hold the names of their variables in the order in which the formula first names them."""

    response: str
    terms: tuple[tuple[str, ...], ...]
    intercept: bool

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for term in self.terms for name in term))


def parse(text: str) -> Formula:
    """Reads a formula. Raises BadModel, in one line, for anything that is not one."""
    if len(text) > LONGEST:
        raise BadModel(f"formula: longer than {LONGEST} characters")
    return _Parser(text).formula()


@dataclass(frozen=True)
class _Token:
    kind: str  # "name", "number", "sign" or "end"
    text: str


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in TOKEN.finditer(text.strip()):
        kind = str(match.lastgroup)
        value = match.group(kind)
        found.append(_Token("name", value[1:-1]) if kind == "quoted" else _Token(kind, value))
    return [*found, _Token("end", "the end")]


class _Parser:
    """One token ahead, no way back."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at, self.depth = text, _tokens(text), 0, 0

    def formula(self) -> Formula:
        response = self._take()
        if response.kind != "name" or self._take().text != "~":
            raise self._fault("it begins with the outcome's column and ~")
        terms = self._sum()
        if self.tokens[self.at].kind != "end":
            raise self._unexpected(self.tokens[self.at])
        order = self._order()
        if response.text in order:
            raise self._fault(f"the outcome {quoted(response.text)} stands on both sides")
        named = [tuple(sorted(term, key=order.index)) for term in terms if term]
        return Formula(response.text, tuple(sorted(named, key=len)), INTERCEPT in terms)

    def _sum(self) -> list[Term]:
        """A sum of terms. The intercept is in it unless it is taken away; brackets have none of their own."""
        found: dict[Term, None] = {} if self.depth else {INTERCEPT: None}
        sign = self._take().text if self._next() in ("+", "-") else "+"
        while True:
            self._add(found, sign)
            if self._next() not in ("+", "-"):
                return list(found)
            sign = self._take().text

    def _add(self, found: dict[Term, None], sign: str) -> None:
        start = self.tokens[self.at]
        if start.kind == "number":
            self._number(found, sign)
        elif sign == "-":
            raise self._fault("only the intercept can be taken away, as - 1")
        else:
            found.update(dict.fromkeys(self._part()))
        if len(found) > MOST_TERMS:
            raise self._fault(f"more than {MOST_TERMS} terms")

    def _number(self, found: dict[Term, None], sign: str) -> None:
        number = self._take()
        if number.text not in ("0", "1") or self.depth:
            raise self._unexpected(number)
        if (number.text == "1") == (sign == "+"):
            found[INTERCEPT] = None
        else:
            found.pop(INTERCEPT, None)

    def _part(self) -> list[Term]:
        terms = self._product()
        while self._next() == "*":
            self._take()
            right = self._product()
            terms = self._few([*terms, *right, *(a | b for a in terms for b in right)])
        return terms

    def _product(self) -> list[Term]:
        terms = self._atom()
        while self._next() == ":":
            self._take()
            right = self._atom()
            terms = self._few([a | b for a in terms for b in right])
        return terms

    def _few(self, terms: list[Term]) -> list[Term]:
        distinct = list(dict.fromkeys(terms))
        if len(distinct) > MOST_TERMS:
            raise self._fault(f"more than {MOST_TERMS} terms")
        return distinct

    def _atom(self) -> list[Term]:
        token = self._take()
        if token.kind == "name":
            if self._next() == "(":
                raise self._fault(
                    f"{quoted(token.text + '(')}: functions are not understood; make a column of it"
                )
            return [frozenset({token.text})]
        if token.text == "(":
            return self._bracket()
        raise self._unexpected(token)

    def _bracket(self) -> list[Term]:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._fault("too many brackets inside each other")
        terms = self._sum()
        if self._take().text != ")":
            raise self._fault("a bracket is not closed")
        self.depth -= 1
        return terms

    def _order(self) -> list[str]:
        """The names on the right-hand side, as first written."""
        return list(dict.fromkeys(token.text for token in self.tokens[2:] if token.kind == "name"))

    def _next(self) -> str:
        token = self.tokens[self.at]
        return token.text if token.kind == "sign" else ""

    def _take(self) -> _Token:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def _unexpected(self, token: _Token) -> BadModel:
        return self._fault(f"{quoted(token.text)} is not expected there")

    def _fault(self, reason: str) -> BadModel:
        return BadModel(f"formula {quoted(self.text)}: {reason}")
