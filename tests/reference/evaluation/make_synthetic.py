"""Makes synthetic_trial.csv: 75 people who do not exist, three arms, three timepoints, two scores, some missing."""

import csv
import random
from pathlib import Path

ARMS = {"waiting": 0.0, "programme": 4.5, "usual care": 1.5}
TIMEPOINTS = {"baseline": 0.0, "week-6": 0.5, "week-12": 1.0}


def rows(chance: random.Random):
    for number in range(75):
        arm = list(ARMS)[number % 3]
        start = chance.gauss(14, 4)
        for timepoint, part in TIMEPOINTS.items():
            mood = start - part * ARMS[arm] + chance.gauss(0, 2.5)
            pain = sum(min(10, max(0, round(mood / 2.2 + chance.gauss(0, 1.5)))) for _ in range(4)) / 4
            gone = part > 0 and chance.random() < 0.12
            yield [
                f"S{number + 1:03}",
                arm,
                timepoint,
                "" if gone else min(24, max(0, round(mood))),
                "NA" if gone or chance.random() < 0.03 else pain,
            ]


def main():
    target = Path(__file__).with_name("synthetic_trial.csv")
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["participant", "arm", "timepoint", "mood", "pain"])
        writer.writerows(rows(random.Random(20201)))


if __name__ == "__main__":
    main()
