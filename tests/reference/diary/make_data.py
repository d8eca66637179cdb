"""Makes the synthetic diaries of this folder. Nobody's days: made by this program, from fixed seeds."""

from pathlib import Path

import numpy as np

NAMES = ("pain", "mood", "worry", "sleep", "calm", "activity")


def diary(
    people: int,
    days: int,
    variables: int,
    *,
    seed: int,
    missing: float = 0.2,
    spread: float = 0.12,
    common: float | None = None,
) -> dict[str, list]:
    """Columns id, day, and one for each variable: a VAR(1) whose lagged effects differ from person to person.

    `missing` days are left out; `spread` is the standard deviation of each lagged effect between people; `common`: their
    mean in every place instead of a random network.
    """
    random = np.random.default_rng(seed)
    network = 0.3 * np.eye(variables) + np.where(random.random((variables, variables)) < 0.4, 0.12, 0.0)
    if common is not None:
        network = np.full((variables, variables), common)
    mixed = np.eye(variables) + 0.3 * np.tril(np.ones((variables, variables)), -1)
    columns: dict[str, list] = {name: [] for name in ("id", "day", *NAMES[:variables])}
    for person in range(people):
        level = 5 + random.normal(0, 1, variables) @ mixed.T
        own = network + random.normal(0, spread, network.shape)
        own *= min(1.0, 0.9 / np.abs(np.linalg.eigvals(own)).max())
        state = np.zeros(variables)
        for day in range(-20, days):
            state = own @ state + mixed @ random.normal(0, 1, variables)
            if day >= 0 and random.random() >= missing:
                row = (person + 1, day + 1, *np.round(level + state, 1).tolist())
                for name, value in zip(columns, row, strict=True):
                    columns[name].append(value)
    return columns


def write(path: Path, columns: dict[str, list]) -> None:
    lines = [",".join(columns)]
    lines += [",".join(str(value) for value in row) for row in zip(*columns.values(), strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    here = Path(__file__).parent
    write(here / "diary.csv", diary(40, 42, 3, seed=7))
    write(here / "alike.csv", diary(30, 30, 3, seed=11, spread=0.02))
