"""Room 2, science: answers in, meaning out. Scoring, change, schedule, safety rules, evaluation.

Pure functions: no Django, no clock, no network, nothing written. Usable as a library on its own.
May import content and numerical libraries (lazily).
"""
