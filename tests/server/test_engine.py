"""`--engine`: what is no engine is refused in one line, and the default needs nothing of Spark."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from allay.science.evaluation import BadInput
from allay.server import spark_session
from allay.server.cli import main

FIT = ["fit", "trial.csv", "--formula", "y ~ arm*visit", "--subject", "id", "--visit", "visit", "--engine"]
TRIAL = Path(__file__).parents[1] / "reference" / "mmrm" / "trial.csv"


def session(master):
    with spark_session.spark_session(master):
        raise AssertionError("there should be none")


@pytest.fixture
def installed(monkeypatch):
    """As if Spark's libraries and a Java were there."""
    monkeypatch.setattr(spark_session, "find_spec", lambda name: object())
    monkeypatch.setattr(spark_session, "why_no_java", lambda: "")


@pytest.mark.parametrize(
    "engine", ["", "spark", "DuckDB", "local[", "local[two]", "http://host:7077", "__class__", "a\nb"]
)
def test_what_is_no_engine(engine, capsys):
    assert main([*FIT, engine]) == 2
    told = capsys.readouterr().err
    assert "is neither duckdb nor a Spark master" in told
    assert len(told.splitlines()) == 1


def test_spark_connect_is_not_supported():
    with pytest.raises(BadInput, match="Spark Connect is not supported"):
        session("sc://host:15002")


def test_libraries_that_are_not_there(monkeypatch):
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"not installed here: \./run with spark"):
        session("local[2]")


def test_java_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr(spark_session, "find_spec", lambda name: object())
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match="Spark needs Java 17 or newer, and none was found"):
        session("local[2]")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(BadInput, match="does not run"):
        session("local[2]")
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    with pytest.raises(BadInput, match="is older"):
        session("local[2]")


def test_a_master_that_nobody_is(installed):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        with pytest.raises(BadInput, match=r"nobody answers at spark://127\.0\.0\.1"):
            session(f"spark://127.0.0.1:{taken.getsockname()[1]}")
    for wrong in ("spark://host", "spark://host:x", "spark://host:99999"):
        with pytest.raises(BadInput, match="is no master"):
            session(wrong)


def test_the_default_loads_nothing_of_spark():
    code = f"""
import sys
from allay.server.cli import main
assert main(["fit", {str(TRIAL)!r}, "--formula", "y ~ arm*visit", "--subject", "id", "--visit", "visit"]) == 0
import allay.server.commands.evaluate
print(sorted({{"pyspark", "py4j", "sqlglot", "pandas", "pyarrow"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
