"""Makes growth.csv and groups.csv of this folder. Synthetic, fixed seed; run from the repository's root:

python -m tests.reference.mmrm.make_data
"""

import csv
from pathlib import Path

from tests.science.models.trials import days, trial

FOLDER = Path(__file__).parent


def write(name: str, columns: dict[str, list]) -> None:
    with (FOLDER / name).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


if __name__ == "__main__":
    write("growth.csv", days(36, seed=7))
    write("groups.csv", trial(96, 4, groups=8, seed=9))
