"""The whole evaluation gives the same results and the same report from DuckDB and from Spark."""

import json
import subprocess
import sys

import duckdb
import numpy as np
import pytest

from allay.science.evaluation import (
    BadInput,
    Data,
    PlanSource,
    Provenance,
    evaluate,
    examine,
    open_workspace,
    parse_plan,
    stage_file,
)
from allay.science.evaluation.documents import documents
from allay.science.evaluation.federated.files import site_text
from allay.science.evaluation.federated.site import prepared, site
from allay.science.evaluation.spark.staging import examine_for_cluster, stage_for_cluster

PLAN = """
[study]
arms = ["übliche 'Hilfe'", "programme"]
timepoints = ["baseline", "week-6", "week-12"]
[[outcomes]]
score = "mood"
better = "lower"
[outcomes.change]
reliability = 0.85
functional = { mean = 5, sd = 4 }
cutoff = "c"
important = 3
"""
ARMS = ("übliche 'Hilfe'", "programme")


def measurements(people=60, seed=1):
    """(participant, arm, timepoint, score) in no order, some of them missing."""
    random = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        first = random.normal(14, 4)
        for place, timepoint in enumerate(("baseline", "week-6", "week-12")):
            if place == 0 or random.random() > 0.2:
                score = first + random.normal(0, 3) - place * (1 + person % 2)
                rows.append((f"p{person:02}\nx", ARMS[person % 2], timepoint, round(2 * score) / 2))
    return [rows[place] for place in random.permutation(len(rows))]


def as_csv(rows, path, encoding="cp1252"):
    lines = ["participant;arm;timepoint;mood"]
    lines += [f'"{who}";{arm};{when};{str(score).replace(".", ",")}' for who, arm, when, score in rows]
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def as_parquet(rows, folder, parts=3):
    """Several files, which the plan's long shape reads: one row for each score."""
    folder.mkdir()
    for part in range(parts):
        names = ("participant", "arm", "timepoint", "value")
        columns = dict(zip(names, zip(*rows[part::parts], strict=True), strict=True))
        with duckdb.connect() as connection:
            connection.register("t", {name: np.array(list(values), dtype=float if name == "value" else object)
                                      for name, values in columns.items()})  # fmt: skip
            query = f"COPY (SELECT *, 'mood' AS score FROM t) TO '{folder}/{part}.parquet' (FORMAT parquet)"
            connection.execute(query)
    return folder


def evaluated(connection, staged, plan):
    provenance = Provenance(
        "2026-01-31T12:00:00+00:00", Data("t", "", "csv", ""), PlanSource("p.toml", ""), {}
    )
    results = evaluate(connection, staged, plan, provenance)
    return results, documents(connection, plan, results)


def drop_all(cluster):
    for name in list(cluster._kept):
        cluster.execute(f"DROP TABLE {name}")


@pytest.fixture
def both(cluster, tmp_path):
    """Evaluates a file by both engines."""

    def run(path, plan):
        plan = parse_plan(plan.encode(), "plan.toml")
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
        duck = open_workspace()
        given = evaluated(duck, stage_file(duck, examine(path), plan, tmp_path / "one"), plan)
        data = examine_for_cluster(str(path))
        found = evaluated(cluster, stage_for_cluster(cluster, data, plan, tmp_path / "other"), plan)
        return given, found

    yield run
    drop_all(cluster)


def test_the_same_results_and_the_same_report(both, tmp_path):
    (given, documents), (found, others) = both(as_csv(measurements(), tmp_path / "scores.csv"), PLAN)
    assert given.mixed.models["mood"].fingerprint == found.mixed.models["mood"].fingerprint
    assert found == given
    assert others == documents


def test_a_folder_of_parts(cluster, tmp_path):
    rows = measurements(30, seed=2)
    plan = parse_plan(PLAN.encode(), "plan.toml")
    duck = open_workspace()
    given, _ = evaluated(
        duck, stage_file(duck, examine(as_csv(rows, tmp_path / "s.csv")), plan, tmp_path), plan
    )
    data = examine_for_cluster(str(as_parquet(rows, tmp_path / "parts")))
    found, _ = evaluated(cluster, stage_for_cluster(cluster, data, plan, tmp_path), plan)
    drop_all(cluster)
    assert found.mixed.models["mood"].fingerprint == given.mixed.models["mood"].fingerprint
    for part in ("description", "completeness", "within", "between", "change", "mixed"):
        assert getattr(found, part) == getattr(given, part)


def test_the_same_file_is_handed_on(cluster, tmp_path):
    """Of several services each may have its own engine."""
    path = as_csv(measurements(80, seed=3), tmp_path / "scores.csv")
    text = PLAN.replace('better = "lower"', 'better = "lower"\nrange = { min = -20, max = 60, decimals = 1 }')
    plan = parse_plan(text.encode(), "plan.toml")
    (tmp_path / "one").mkdir()
    duck = open_workspace()
    given = site(prepared(duck, stage_file(duck, examine(path), plan, tmp_path / "one"), plan), "0")
    data = examine_for_cluster(str(path))
    found = site(prepared(cluster, stage_for_cluster(cluster, data, plan, tmp_path), plan), "0")
    drop_all(cluster)
    assert given.sums["mood"].people > 40
    assert site_text(found) == site_text(given)


FAULTS = {
    "a row twice": lambda rows: [*rows, rows[4]],
    "no number": lambda rows: [*rows[:7], (*rows[7][:3], "much"), *rows[8:]],
    "no participant": lambda rows: [*rows[:7], ("", *rows[7][1:]), *rows[8:]],
    "a cell too many": lambda rows: [*rows[:7], (*rows[7][:3], "1;2"), *rows[8:]],
    "an unknown arm": lambda rows: [(row[0], "other", *row[2:]) for row in rows],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_told_in_the_same_words(both, cluster, tmp_path, fault):
    path = as_csv(FAULTS[fault](measurements(8)), tmp_path / "scores.csv")
    plan = parse_plan(PLAN.encode(), "plan.toml")
    with pytest.raises(BadInput) as given:
        duck = open_workspace()
        (tmp_path / "duck").mkdir()
        evaluated(duck, stage_file(duck, examine(path), plan, tmp_path / "duck"), plan)
    with pytest.raises(BadInput) as found:
        evaluated(cluster, stage_for_cluster(cluster, examine_for_cluster(str(path)), plan, tmp_path), plan)
    drop_all(cluster)
    assert str(found.value) == str(given.value)


def test_commands_with_one_thread(tmp_path):
    """`allay fit` and `allay evaluate` start and end a session each, and leave nothing beside their result."""
    data = as_csv(measurements(), tmp_path / "scores.csv", encoding="utf-8")
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    told = {}
    for engine in ("duckdb", "local[1]"):
        out = tmp_path / engine.partition("[")[0]
        evaluated = ["evaluate", str(data), "--plan", str(tmp_path / "plan.toml"), "--out", str(out)]
        fit = [
            "fit",
            "trial.csv",
            "--formula",
            "y ~ x + arm*visit",
            "--subject",
            "id",
            "--visit",
            "visit",
            "--json",
        ]
        fit[1] = "tests/reference/mmrm/trial.csv"
        printed = []
        for words in (fit, evaluated):
            command = [sys.executable, "-m", "allay.server.cli", *words, "--engine", engine]
            done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
            assert done.returncode == 0, done.stderr
            assert "WARN" not in done.stderr  # Spark's own log stays out of the way
            assert "Traceback" not in done.stderr
            printed.append(done.stdout.splitlines()[:-1])
        results = json.loads((out / "results.json").read_text(encoding="utf-8"))
        results.pop("provenance")
        told[engine] = (
            *printed,
            results,
            sorted(path.name for path in out.rglob("*") if path.name != "people.csv"),
        )
    assert told["local[1]"] == told["duckdb"]
    assert not (tmp_path / "local" / "tables" / "people.csv").exists()  # rows stay in the cluster
