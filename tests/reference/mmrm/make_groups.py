"""Makes groups_three.csv and groups_nothing.csv: a second partially nested trial, and one whose groups share nothing.

Run in this folder: python make_groups.py. Five and six therapy groups in arm "programme", three visits, some missing.
"""

import csv

import numpy as np


def make(name: str, groups: int, each: int, shared: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    effect = random.normal(0, shared, groups)
    with open(name, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "arm", "g", "x", "visit", "y"])
        for person in range(2 * groups * each):
            programme, group = person % 2, (person // 2) % groups
            x, level = round(float(random.normal(50, 4)), 1), random.normal(0, 4)
            for visit in (0, 6, 12):
                if visit and random.random() < 0.2:
                    continue
                y = 30 + 0.3 * (x - 50) + level + random.normal(0, 3) - 0.2 * programme * visit
                y += effect[group] * programme
                arm = "programme" if programme else "waiting list"
                writer.writerow([person, arm, group if programme else "", x, visit, round(float(y), 1)])


make("groups_three.csv", 5, 9, 2.5, 1)
make("groups_nothing.csv", 6, 8, 0.0, 8)
