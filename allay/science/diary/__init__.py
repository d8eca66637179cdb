"""Daily entries of many people, for researchers: how they were kept, and what goes with what from day to day.

`compliance` counts days; `networks` fits the multilevel vector autoregression and what follows from it; `stability`
asks how much of it depends on who took part. Pure: no Django, no clock, no network. `docs/diary.md` shows how.
"""

from allay.science.diary.entries import Columns

__all__ = ["Columns"]
