"""`allay evaluate` from outside: what it writes, what it prints, and that it leaves nothing behind."""

import csv
import json
import os
import resource
import signal
import stat
import subprocess
import sys
import time

import pytest

from allay.server.cli import main

PLAN = """
[columns]
scores = ["s"]
[study]
title = "A made-up study"
arms = ["waiting", "programme"]
timepoints = ["before", "after"]
[[outcomes]]
score = "s"
better = "lower"
[outcomes.change]
reliability = 0.8
important = 3
"""

FILES = {
    "report.html",
    "results.json",
    *(f"figures/01-s-{kind}.svg" for kind in ("means", "change", "people", "people-2")),
    "figures/flow.svg",
    *(
        f"tables/{name}.csv"
        for name in (
            "description",
            "completeness",
            "missing_patterns",
            "change_within",
            "change_between",
            "reliable_change",
            "important_change",
            "percentage_change",
            "people_compared",
            "people_not_judged",
            "people_by_method",
            "harms",
            "harms_compared",
            "completion",
            "people",
        )
    ),
}


def table(people=12):
    rows = ["participant,arm,timepoint,s"]
    for number in range(people):
        arm = ("waiting", "programme")[number % 2]
        rows.append(f"p{number},{arm},before,{20 + number % 5}")
        rows.append(f"p{number},{arm},after,{18 + number % 7 - 9 * (number % 2)}")
    return "\n".join(rows) + "\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with data.csv and plan.toml in it, to stand in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text(table())
    (tmp_path / "plan.toml").write_text(PLAN)
    return tmp_path


def evaluate(*more, data="data.csv", plan="plan.toml", out="out"):
    return main(["evaluate", data, "--plan", plan, "--out", out, *more])


def written(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def refused(desk, capsys):
    """Runs a command that must be refused: exit code 2, one line, nothing made."""

    def refused(*more, **named):
        capsys.readouterr()
        before = {path: path.stat().st_mtime_ns for path in desk.rglob("*")}
        assert evaluate(*more, **named) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert {path: path.stat().st_mtime_ns for path in desk.rglob("*") if path in before} == before
        assert set(desk.rglob("*")) == set(before)
        return said.err

    return refused


def test_everything_is_written(desk):
    assert evaluate() == 0
    assert written(desk / "out") == FILES
    assert {path.name for path in desk.iterdir()} == {"data.csv", "plan.toml", "out"}


def test_the_counts_and_the_report_are_printed(desk, capsys):
    evaluate()
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("s: waiting: of 6 measured at both timepoints, ")
    assert "worsened" in said[0]
    assert said[-1] == "Report: out/report.html"


def test_results_name_their_sources_by_hash(desk):
    from hashlib import sha256

    evaluate()
    origin = json.loads((desk / "out/results.json").read_text())["provenance"]
    assert origin["data"]["sha256"] == sha256((desk / "data.csv").read_bytes()).hexdigest()
    assert origin["plan"]["sha256"] == sha256(PLAN.encode()).hexdigest()
    assert origin["versions"].keys() == {"allay", "duckdb", "scipy", "numpy", "python"}


def test_everybody_stands_in_the_table_of_people_as_judged(desk):
    evaluate()
    with (desk / "out/tables/people.csv").open() as file:
        people = list(csv.DictReader(file))
    counts = json.loads((desk / "out/results.json").read_text())["change"]["s"]["all"]
    verdicts = [person["reliable"] for person in people]
    assert len(people) == 12
    assert {kind: verdicts.count(kind) for kind in ("improved", "unchanged", "worsened")} == {
        kind: counts[kind] for kind in ("improved", "unchanged", "worsened")
    }


def test_people_stand_in_the_order_of_the_file(desk):
    evaluate()
    with (desk / "out/tables/people.csv").open() as file:
        assert [person["participant"] for person in csv.DictReader(file)] == [
            f"p{number}" for number in range(12)
        ]


def test_formulas_in_names_are_defused_in_every_table(desk):
    (desk / "data.csv").write_text(table().replace("p0,", '"=cmd|x",').replace("programme", "@sum"))
    (desk / "plan.toml").write_text(PLAN.replace("programme", "@sum"))
    assert evaluate() == 0
    cells = []
    for path in (desk / "out/tables").iterdir():
        with path.open() as file:
            cells += [cell for row in csv.reader(file) for cell in row]
    assert "'=cmd|x" in cells
    assert "'@sum" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "@", "+")]


def test_two_runs_give_the_same_but_for_the_time(desk):
    evaluate()
    evaluate(out="again")
    first, second = (json.loads((desk / out / "results.json").read_text()) for out in ("out", "again"))
    del first["provenance"]["evaluated_at"], second["provenance"]["evaluated_at"]
    assert first == second
    assert (desk / "out/tables/people.csv").read_bytes() == (desk / "again/tables/people.csv").read_bytes()


def test_missing_folders_above_are_made(desk):
    assert evaluate(out="a/b/out") == 0
    assert (desk / "a/b/out/report.html").is_file()


def test_an_empty_folder_is_filled(desk):
    (desk / "out").mkdir()
    assert evaluate() == 0


def test_the_result_is_readable_as_any_other_folder(desk):
    evaluate()
    plain = desk / "plain"
    plain.mkdir()
    assert stat.S_IMODE((desk / "out").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_an_earlier_result_is_replaced_when_asked(desk):
    evaluate()
    (desk / "data.csv").write_text(table(20))
    assert evaluate("--overwrite") == 0
    assert json.loads((desk / "out/results.json").read_text())["people"]["by_arm"]["all"] == 20
    assert {path.name for path in desk.iterdir()} == {"data.csv", "plan.toml", "out"}


# Refusals


def test_an_earlier_result_is_not_replaced_unasked(desk, refused):
    evaluate()
    assert "out: exists already; --overwrite replaces an earlier result" in refused()


def test_another_folder_is_never_replaced(desk, refused):
    (desk / "out").mkdir()
    (desk / "out/thesis.docx").write_text("years of work")
    assert "holds no earlier result" in refused("--overwrite")


def test_a_result_with_other_files_in_it_is_not_replaced(desk, refused):
    evaluate()
    (desk / "out/notes.txt").write_text("mine")
    assert "holds something besides an earlier result (notes.txt)" in refused("--overwrite")


def test_a_file_in_the_place_of_the_folder(desk, refused):
    (desk / "out").write_text("x")
    assert "out: is a file, not a folder" in refused()


def test_bad_data_leaves_nothing(desk, refused):
    (desk / "data.csv").write_text(table() + "p99,waiting,before,oops\n")
    assert refused() == 'allay evaluate: data.csv, row 26, column s: "oops" is not a number\n'


def test_bad_data_leaves_no_folders_above(desk, refused):
    (desk / "data.csv").write_text("")
    refused(out="a/b/out")


def test_bad_data_keeps_the_earlier_result(desk, refused):
    evaluate()
    (desk / "data.csv").write_text(table() + "p0,waiting,before,1\n")
    assert ", row 26, " in refused("--overwrite")


def test_a_bad_plan(desk, refused):
    (desk / "plan.toml").write_text(PLAN.replace('"lower"', '"down"'))
    assert refused().startswith("allay evaluate: plan.toml: outcomes[1].better: ")


@pytest.mark.parametrize("data", ["nowhere.csv", ".", "-", "plan.toml/x"])
def test_data_that_cannot_be_read(refused, data):
    assert refused(data=data).startswith(f"allay evaluate: {data}: ")


@pytest.mark.skipif(os.getuid() == 0, reason="root may read and write everything")
def test_no_permission(desk, refused):
    (desk / "closed").mkdir(mode=0o500)
    assert "cannot be written: Permission denied" in refused(out="closed/out")
    (desk / "data.csv").chmod(0)
    assert "cannot be read: Permission denied" in refused()


def command(*arguments):
    return [sys.executable, "-m", "allay.server.cli", "evaluate", *arguments]


def test_a_full_disk_leaves_nothing(desk):
    """A limit on the size of files stands for the disk: people.csv is the first to break it."""
    (desk / "data.csv").write_text(table(3000))

    def small_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    ended = subprocess.run(
        command("data.csv", "--plan", "plan.toml", "--out", "out"),
        capture_output=True, text=True, preexec_fn=small_disk,
    )  # fmt: skip
    assert ended.returncode == 2
    told = ended.stderr.splitlines()  # a busy machine is slow enough to tell of progress before
    assert told[-1] == "allay evaluate: out: cannot be written: there is no room left on the disk"
    assert not any("Traceback" in line for line in told)
    assert {path.name for path in desk.iterdir()} == {"data.csv", "plan.toml"}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_being_stopped_leaves_nothing(desk, number, code):
    (desk / "data.csv").write_text(table(150_000))
    running = subprocess.Popen(
        command("data.csv", "--plan", "plan.toml", "--out", "a/out"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not list(desk.glob("a/.allay-unfinished-*/scratch/data.csv")):
        assert running.poll() is None
        time.sleep(0.005)
    running.send_signal(number)
    _, said = running.communicate(timeout=60)
    assert running.returncode == code
    assert b"Traceback" not in said
    assert {path.name for path in desk.iterdir()} == {"data.csv", "plan.toml"}


def test_the_command_never_loads_django(desk):
    code = (
        "import sys; from allay.server.cli import main; "
        "main(['evaluate', 'data.csv', '--plan', 'plan.toml', '--out', 'out']); "
        "sys.exit('django' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
