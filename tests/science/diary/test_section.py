"""The diary in the evaluation: by plan and command, in results.json, in the report."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from allay.science.diary import section
from allay.science.diary.analysis import analyse
from allay.science.diary.entries import Columns
from allay.science.diary.plan import DiaryPlan
from allay.science.diary.shapes import Diary
from allay.science.diary.staging import stage_file, stage_rows
from allay.science.diary.story import tell
from allay.science.evaluation import BadInput, open_workspace, parse_plan
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.reading.text_file import examine
from allay.science.evaluation.results.schema import results_schema
from allay.science.report.blocks import Figure, Heading, Paragraph, Table
from allay.science.report.words import THIN, Say
from allay.server.cli import main
from tests.reference.diary.make_data import diary
from tests.science.evaluation.test_report import numbers_of, unfounded

HOUSE = Path(__file__).parents[3]
DIARY = HOUSE / "tests/reference/diary/diary.csv"
MANUAL = (HOUSE / "docs/diary.md").read_text(encoding="utf-8")
PLAN = """
[study]
arms = ["a", "b"]
timepoints = ["1", "2"]
[[outcomes]]
score = "s"
better = "lower"
[diary]
variables = ["pain", "mood", "worry"]
labels = { pain = "Pain", mood = "Low mood" }
participant = "id"
days = 42
draws = 100
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """What the command writes: results, report, and what it said."""
    folder = tmp_path_factory.mktemp("diary")
    score = np.random.default_rng(1).integers(5, 25, 24)
    rows = [f"{n % 12},{'ab'[n % 2]},{1 + n // 12},{score[n]}" for n in range(24)]
    (folder / "scores.csv").write_text("\n".join(["participant,arm,timepoint,s", *rows]))
    (folder / "plan.toml").write_text(PLAN)
    given = [str(folder / "scores.csv"), "--plan", str(folder / "plan.toml"), "--out", str(folder / "out")]
    assert main(["evaluate", *given, "--diary", str(DIARY)]) == 0
    results = json.loads((folder / "out/results.json").read_text())
    return results, (folder / "out/report.html").read_text()


def test_results_hold_the_diary(done):
    import jsonschema

    found = done[0]["diary"]
    jsonschema.validate(done[0], results_schema())
    assert found["labels"] == {"pain": "Pain", "mood": "Low mood", "worry": "worry"}
    assert (found["arms"][0]["asked"], found["arms"][0]["usable_pairs"]) == (40 * 42, 1088)
    assert len(found["temporal"]) == 9
    assert found["models"]["mood"]["boundary"] == ["variance estimated at zero in 1 of 4 directions"]
    assert found["personal"] == {"not_estimable": "nobody has 40 usable pairs of days"}
    assert found["source"]["name"] == "diary.csv"
    assert "diary" in done[0]["methods"]


def test_the_report_tells_it(done):
    page = done[1]
    assert "Day by day" in page
    assert page.count('role="img"') >= 4
    assert f"40 people answered on 1{THIN}372 of 1{THIN}680 days" in page
    assert "need not be the cause" in page


def analysed(plan):
    connection = open_workspace()
    try:
        connection.execute(f"CREATE TABLE diary AS SELECT * FROM '{DIARY}'")
        connection.execute("CREATE TABLE diary_source AS SELECT 'd' AS name, 's' AS sha256")
        return analyse(connection, plan)
    finally:
        connection.close()


def blocks_of(diary):
    class Told:
        class study:
            confidence = 0.95

    Told.diary = diary
    return list(tell(Told, Say()))


def test_every_number_told_stands_in_the_results():
    from dataclasses import asdict

    class Kept:
        def as_dict(self):
            return {"diary": asdict(found), "confidence": 0.95, "lag": 1}

    plan = DiaryPlan(variables=("pain", "mood"), participant="id", draws=100)
    found = analysed(plan)
    assert isinstance(found, Diary)
    blocks = blocks_of(found)
    texts = [one.text.replace(THIN, " ") for one in blocks if isinstance(one, Heading | Paragraph)]
    tables = [
        one if isinstance(one, Table) else one.table for one in blocks if isinstance(one, Table | Figure)
    ]
    cells = [cell.replace(THIN, " ") for table in tables for row in table.rows for cell in row]
    assert unfounded(texts, Kept()) == []
    assert unfounded([cell for cell in cells if not cell.startswith("<")], Kept()) == []
    assert numbers_of(asdict(found))


def test_networks_of_single_people_are_told_as_counts():
    columns, start = diary(10, 84, 2, seed=5), date(2026, 1, 1)
    rows = [
        (who, start + timedelta(days=day), None, False, pain, mood)
        for who, day, pain, mood in zip(*columns.values(), strict=True)
    ]
    connection = open_workspace()
    stage_rows(connection, rows, Columns(("pain", "mood"), not_today="not_today"))
    found = analyse(connection, DiaryPlan(variables=("pain", "mood"), draws=100, effects="diagonal"))
    connection.close()
    own = found.personal
    assert 0 < own.enough <= own.people == 10
    assert 0 < sum(one.more + one.less for one in own.effects) <= 4 * own.enough
    assert all(one.more + one.less <= own.enough for one in own.effects)
    headings = [one.text for one in blocks_of(found) if isinstance(one, Heading)]
    assert headings[-2:] == ["Single people", "How much depends on who took part"]


def test_without_a_table_it_is_said():
    connection = open_workspace()
    found = analyse(connection, DiaryPlan(variables=("a",)))
    connection.close()
    assert found == NotEstimable("the plan asks for a diary, and none was given")
    assert blocks_of(found)[1].text == "Not to be had: the plan asks for a diary, and none was given."
    assert blocks_of(None) == []


def test_a_bad_diary_is_one_line(tmp_path, capsys):
    (tmp_path / "scores.csv").write_text("participant,arm,timepoint,s\n1,a,1,2\n1,a,2,2\n2,b,1,2\n2,b,2,1\n")
    (tmp_path / "plan.toml").write_text(PLAN)
    (tmp_path / "bare.toml").write_text(PLAN[: PLAN.index("[diary]")])
    (tmp_path / "diary.csv").write_text("id,day,pain,mood,worry\n1,1,2,3,4\n1,1,2,3,5\n")
    (tmp_path / "other.csv").write_text("id,day,pain\n1,1,2\n")

    def run(plan, diary):
        out = tmp_path / "out"
        given = [str(tmp_path / "scores.csv"), "--plan", str(tmp_path / plan), "--out", str(out)]
        assert main(["evaluate", *given, "--diary", str(tmp_path / diary)]) == 2
        assert not out.exists()
        return capsys.readouterr().err

    assert 'has several rows on day "1"' in run("plan.toml", "diary.csv")
    assert 'there is no column "mood"' in run("plan.toml", "other.csv")
    assert "has no [diary]" in run("bare.toml", "diary.csv")
    assert "No such file" in run("plan.toml", "none.csv")


@pytest.mark.parametrize(
    "changed, problem",
    [
        ('variables = ["pain", "pain"]', "stands twice"),
        ('variables = ["id"]', "cannot be a variable and something else"),
        ('variables = ["pain"]\nlabels = { mood = "x" }', "belongs to no variable"),
        ('variables = ["pain"]\nlag = 2', "diary.lag"),
        ("variables = []", "diary.variables"),
    ],
)
def test_plans_that_make_no_sense(changed, problem):
    plan = PLAN[: PLAN.index("variables")] + changed + '\nparticipant = "id"\n'
    with pytest.raises(BadInput, match=problem):
        parse_plan(plan.encode(), "plan.toml")


def test_other_encodings_and_separators(tmp_path):
    path = tmp_path / "diary.csv"
    path.write_bytes("id;day;mood\nÄ;1;2\nÄ;2;3\n".encode("cp1252"))
    connection = open_workspace()
    stage_file(connection, examine(path), tmp_path)
    assert connection.execute("SELECT * FROM diary").fetchall() == [("Ä", 1, 2), ("Ä", 2, 3)]
    connection.close()


def test_the_manual_names_every_key_and_part():
    prose = re.sub(r"```.*?```", "", MANUAL, flags=re.DOTALL)
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`\n]+)`", prose))))
    assert not set(DiaryPlan.model_fields) - named
    assert not set(Diary.__dataclass_fields__) - named - {"days_asked"}


def test_the_plan_and_the_program_in_the_manual_work(monkeypatch, capsys):
    monkeypatch.chdir(HOUSE)
    part = re.search(r"```toml\n(.*?)```", MANUAL, re.DOTALL)[1]
    assert parse_plan(f"{PLAN[: PLAN.index('[diary]')]}{part}".encode(), "docs").diary.days == 84
    program = re.search(r"```python\n(.*?)```", MANUAL, re.DOTALL)[1]
    exec(program, {})
    assert "pain mood 0.166" in capsys.readouterr().out


def test_no_diary_no_method():
    class Nothing:
        diary = None

    assert section.method(Nothing) == ""
