"""A made-up trial in which everything happens that a report can tell of, and the plan that asks for all of it."""

import random

PLAN = """
[columns]
scores = ["pain", "mood", "kindness", "tired"]
group = "circle"

[study]
title = "A made-up trial"
design = "randomised"
arms = ["waiting", "programme"]
timepoints = ["baseline", "week-6", "week-12"]

[estimand]
question = "Does the programme lessen pain by week 12?"
population = "made-up people"
events = "everybody counts as allocated"

[model]
covariates = ["age"]

[multiplicity]
method = "gatekeeping"

[flow]
assessed = 90
excluded = { "did not want to" = 14, "too ill" = 4 }
allocated = { waiting = 36, programme = 36 }

[missing]
reason = "why"

[[outcomes]]
score = "pain"
label = "Pain"
better = "lower"
primary = true

[outcomes.change]
reliability = 0.85
functional = { mean = 2, sd = 1.5 }
cutoff = "c"
important = 1.5

[[outcomes]]
score = "mood"
label = "Low mood"
better = "lower"

[outcomes.change]
reliability = 0.8

[[outcomes]]
score = "kindness"
label = "Kindness to oneself"
better = "higher"
family = "exploratory"

[[mechanisms]]
mediator = "kindness"
mediator_at = "week-6"
outcome = "pain"

[diary]
variables = ["comfort", "hope"]

[[harms]]
label = "More tired than before"
score = "tired"
event = ">= 2"

[completion]
label = "At least eight sessions"
column = "sessions"
at_least = 8
reason = "why"
"""


def table(people: int = 72, seed: int = 7) -> str:
    """CSV: two arms, six circles of six in the programme, one in five of the later visits missing."""
    draw = random.Random(seed)
    circles = [draw.gauss(0, 0.6) for _ in range(people // 12)]
    rows = ["participant,arm,circle,age,sessions,why,timepoint,pain,mood,kindness,tired"]
    for number in range(people):
        meets = number % 2
        circle = number // 2 // 6 if meets else -1
        own, age = draw.gauss(0, 1.2), draw.randint(24, 70)
        stays = [True, draw.random() < 0.88, draw.random() < 0.8]
        sessions = draw.randint(7, 12) if meets and stays[2] else (draw.randint(2, 7) if meets else 0)
        why = "" if stays[2] else draw.choice(["moved away", "too ill", "found other care"])
        kinder = 0.0
        for visit, timepoint in enumerate(("baseline", "week-6", "week-12")):
            if not stays[visit]:
                continue
            better = meets * visit
            kinder = 3 + 0.35 * better + 0.3 * own + draw.gauss(0, 0.5)
            pain = 6.5 - 0.7 * better + own + (circles[circle] if meets and visit else 0) + draw.gauss(0, 0.9)
            mood = 12 - 0.8 * better + 2 * own - (kinder - 3) + draw.gauss(0, 2)
            tired = max(0, round(draw.gauss(0.6 + 0.3 * meets, 1)))
            about = f"{'circle ' + str(circle + 1) if meets else ''},{age},{sessions},{why}"
            rows.append(
                f"m{number:03},{('waiting', 'programme')[meets]},{about},{timepoint},"
                f"{pain:.1f},{mood:.0f},{kinder:.2f},{tired}"
            )
    return "\n".join(rows) + "\n"


def diary(people: int = 24, days: int = 30, seed: int = 3) -> str:
    """CSV: two daily variables in which yesterday's comfort lifts today's hope; one day in six is missing."""
    draw = random.Random(seed)
    rows = ["participant,day,comfort,hope"]
    for number in range(people):
        comfort = hope = 0.0
        for day in range(days):
            comfort, hope = (
                0.3 * comfort + draw.gauss(0, 1),
                0.3 * comfort + 0.2 * hope + draw.gauss(0, 1),
            )
            if draw.random() > 1 / 6:
                rows.append(f"m{number:03},2026-03-{day + 1:02},{5 + comfort:.2f},{5 + hope:.2f}")
    return "\n".join(rows) + "\n"
