"""Makes trial.csv and waves.csv: synthetic people, from fixed seeds.

trial.csv: one row per person; self-criticism and self-reassurance at baseline and week 6, interference at baseline and
week 12; some baselines missing, drop-out that depends on what was seen before. waves.csv: two scores at five timepoints
that follow each other within people, with drop-out and gaps.
"""

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def written(name: str, header: list[str], rows: np.ndarray) -> None:
    cells = [["" if np.isnan(value) else f"{value:g}" for value in row] for row in rows]
    text = "\n".join([",".join(header), *(",".join(row) for row in cells)]) + "\n"
    (HERE / name).write_text(text, encoding="utf-8")


def trial(people: int = 140) -> np.ndarray:
    random = np.random.default_rng(20200517)
    arm, age = random.permutation(people) % 2, np.round(random.normal(52, 11, people))
    base = random.multivariate_normal([22, 18, 45], [[30, -12, 25], [-12, 28, -20], [25, -20, 140]], people)
    shared = random.multivariate_normal([0, 0, 0], [[14, -5, 0], [-5, 12, 0], [0, 0, 60]], people)
    criticism = 5 + 0.7 * base[:, 0] - 2.6 * arm + shared[:, 0]
    reassurance = 6 + 0.6 * base[:, 1] + 1.8 * arm + 0.03 * (age - 52) + shared[:, 1]
    interference = 10 + 0.55 * base[:, 2] + 0.9 * criticism - 0.5 * reassurance - 1.5 * arm + shared[:, 2]
    scores = np.round(np.c_[base, criticism, reassurance, interference], 1)
    scores[random.random(people) < 0.05, 0] = np.nan
    scores[random.random(people) < 0.04, 2] = np.nan
    gone = random.random(people) < 1 / (1 + np.exp(2.2 - 0.03 * (base[:, 2] - 45)))
    scores[gone, 3:] = np.nan
    later = random.random(people) < 1 / (1 + np.exp(2.0 - 0.1 * (criticism - 19)))
    scores[later, 5] = np.nan
    scores[random.random(people) < 0.06, 4] = np.nan
    return np.c_[arm, age, scores]


def waves(people: int = 150, count: int = 5) -> np.ndarray:
    random = np.random.default_rng(20200518)
    arm = random.permutation(people) % 2
    stable = random.multivariate_normal([0, 0], [[16, 9], [9, 36]], people)
    now = random.multivariate_normal([0, 0], [[9, 4], [4, 25]], people)
    carried = np.array([[0.35, 0.02], [0.45, 0.25]])
    columns = []
    for wave in range(count):
        if wave:
            now = now @ carried.T + random.multivariate_normal([0, 0], [[7, 2], [2, 18]], people)
        means = np.c_[22 - 0.8 * arm * wave, 44 - 1.5 * arm * wave]
        columns.append(means + stable + now)
    scores = np.round(np.concatenate(columns, axis=1), 1)
    leaves = random.integers(2, 14, people)
    for wave in range(count):
        scores[leaves < wave, 2 * wave :] = np.nan
        scores[random.random(people) < 0.08, 2 * wave] = np.nan
        scores[random.random(people) < 0.08, 2 * wave + 1] = np.nan
    return np.c_[arm, scores]


if __name__ == "__main__":
    scores = ["criticism0", "reassurance0", "interference0", "criticism6", "reassurance6", "interference12"]
    written("trial.csv", ["arm", "age", *scores], trial())
    written("waves.csv", ["arm", *(f"{v}{w}" for w in range(1, 6) for v in "my")], waves())
