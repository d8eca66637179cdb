"""What stops a model: a question that cannot be understood, or one that the data cannot answer.

ModelError          always one line
├── BadModel        the formula, a column name or an option is wrong: the person can mend it
└── Unestimable     the question is sound, these data hold no answer; turned into `NotEstimable(reason)`
"""

from __future__ import annotations

from allay.science.evaluation.errors import one_line


class ModelError(Exception):
    """The message is one printable line."""

    def __init__(self, reason: str) -> None:
        self.reason = one_line(reason, 300)
        super().__init__(self.reason)


class BadModel(ModelError):
    """The request is wrong."""


class Unestimable(ModelError):
    """The data cannot answer the request."""
