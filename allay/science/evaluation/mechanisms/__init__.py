"""Through what does the programme work? Mediation, its sensitivity to what was not measured, and what moves first.

`mediate` and `lagged_order` are the doors; `docs/mechanisms.md` shows what they answer. Pure: no Django, no clock, no
network; the same seed gives the same answer.
"""

from allay.science.evaluation.mechanisms.lagged import lagged_order
from allay.science.evaluation.mechanisms.mediation import mediate
from allay.science.evaluation.results.mechanisms import LaggedOrder, Mediation

__all__ = ["LaggedOrder", "Mediation", "lagged_order", "mediate"]
