"""One way to evaluate a small table in a test."""

from pathlib import Path

import pytest

from allay.science.diary.staging import stage_file as stage_diary
from allay.science.evaluation import (
    Data,
    PlanSource,
    Provenance,
    evaluate,
    examine,
    open_workspace,
    parse_plan,
    stage_file,
    stage_rows,
)

REFERENCE = Path(__file__).parents[2] / "reference" / "evaluation"

TRIAL_PLAN = """
[columns]
scores = ["mood", "pain"]
[study]
arms = ["waiting", "programme", "usual care"]
timepoints = ["baseline", "week-6", "week-12"]
[[outcomes]]
score = "mood"
better = "lower"
primary = true
[outcomes.change]
reliability = 0.85
[[outcomes]]
score = "pain"
better = "lower"
[outcomes.change]
reliability = 0.85
functional = { mean = 2, sd = 1.5 }
cutoff = "c"
important = 1.5
"""

TWO_ARMS = """
[columns]
scores = ["s"]
[study]
arms = ["a", "b"]
timepoints = ["1", "2"]
[[outcomes]]
score = "s"
better = "lower"
[outcomes.change]
reliability = 0.8
important = 2
"""

ONE_GROUP = TWO_ARMS.replace('arms = ["a", "b"]\n', "")


class Bench:
    """Evaluates tables in a folder of its own; `connection` is that of the last one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.connection, self.count = folder, None, 0

    def file(self, content: str | bytes | Path, name: str = "data.csv") -> Path:
        if isinstance(content, Path):
            return content
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def __call__(self, content, plan=ONE_GROUP, name="data.csv", diary=None):
        data = examine(self.file(content, name))
        source = Data(data.path.name, data.sha256, data.format, data.encoding)
        plan = parse_plan(plan.encode(), "plan.toml")
        scratch = self.new()
        if diary is not None:
            stage_diary(self.connection, examine(self.file(diary, "diary.csv")), scratch)
        return evaluate(
            self.connection, stage_file(self.connection, data, plan, scratch), plan, proof(source)
        )

    def rows(self, rows, plan=ONE_GROUP):
        plan = parse_plan(plan.encode(), "plan.toml")
        self.new()
        staged = stage_rows(self.connection, rows, plan, "the service")
        return evaluate(self.connection, staged, plan, proof(Data("the service", "0" * 64, "rows", "")))

    def new(self) -> Path:
        self.close()
        self.count += 1
        scratch = self.folder / f"scratch-{self.count}"
        scratch.mkdir()
        self.connection = open_workspace()
        return scratch

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()


def proof(data):
    return Provenance("2026-01-31T12:00:00+00:00", data, PlanSource("plan.toml", "1" * 64), {"allay": "0"})


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def table(*rows, header="participant,arm,timepoint,s"):
    """CSV text of a header and rows given as text."""
    return "\n".join([header, *rows]) + "\n"
