"""A session of an existing Spark cluster, or of Spark on this machine, for the time of one command.

Needs the extra set `spark` and Java. Whatever is missing is said in one sentence; Spark's own log stays out of the way.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from allay.science.evaluation import BadInput
from allay.science.evaluation.errors import one_line, quoted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OPTION = "--engine"
MASTER = re.compile(r"local(\[(\d+|\*)(,\d+)?\])?|spark://\S+|yarn|k8s://\S+")
OLDEST_JAVA = 17
PATIENCE = 5.0  # seconds to wait for a master's port

SETTINGS = {
    "spark.app.name": "allay",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
AT_HOME = {  # Spark on this machine talks to itself alone
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.adaptive.enabled": "false",  # replanning pays where partitions are many
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # halves the CPU time of a start
}


@contextmanager
def spark_session(master: str, settings: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """A session under this master URL. Raises BadInput where there can be none."""
    _check(master)
    with TemporaryDirectory(prefix="allay-spark-") as folder:
        log = Path(folder, "log")
        chosen = SETTINGS | (AT_HOME if master.startswith("local") else {}) | dict(settings or {})
        chosen |= {"spark.sql.warehouse.dir": str(Path(folder, "warehouse"))}
        gateway, session = _started(master, chosen, log)
        try:
            yield session
        finally:
            _ended(gateway, session)


def _check(master: str) -> None:
    if master.startswith("sc://"):
        raise BadInput(OPTION, "Spark Connect is not supported: give the master, as spark://host:7077")
    if not MASTER.fullmatch(master):
        known = "duckdb, local[2], spark://host:7077, yarn or k8s://..."
        raise BadInput(OPTION, f"{quoted(master)} is neither duckdb nor a Spark master (as {known})")
    if find_spec("pyspark") is None or find_spec("sqlglot") is None:
        raise BadInput(OPTION, "Spark's libraries are not installed here: ./run with spark")
    if reason := why_no_java():
        raise BadInput(OPTION, reason)
    if master.startswith("spark://"):
        _reach(master)


def why_no_java() -> str:
    """Why Spark cannot run on this machine's Java; empty where it can."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    wanted = f"Spark needs Java {OLDEST_JAVA} or newer"
    if java is None:
        return f"{wanted}, and none was found (Debian or Ubuntu: sudo apt install default-jre-headless)"
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return f"{wanted}, and {one_line(java, 100)} does not run (JAVA_HOME?)"
    version = re.search(r'version "(\d+)', told.stderr + told.stdout)
    if version is None or int(version[1]) < OLDEST_JAVA:
        return f"{wanted}, and {one_line(java, 100)} is older or another thing"
    return ""


def _reach(master: str) -> None:
    """Spark itself would try for minutes."""
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise BadInput(OPTION, f"{quoted(master)} is no master: give spark://host:port")
        with suppress(OSError), socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE):
            return
    raise BadInput(OPTION, f"nobody answers at {one_line(master, 100)}")


def _started(master: str, settings: Mapping[str, str], log: Path) -> tuple[Any, SparkSession]:
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    conf = SparkConf().setMaster(master).setAll(list(settings.items()))
    with log.open("wb") as told:
        try:
            gateway = launch_gateway(conf, popen_kwargs={"stdout": told, "stderr": told})
            return gateway, SparkSession(SparkContext(conf=conf, gateway=gateway))
        except (PySparkException, Py4JError, OSError) as error:
            raise BadInput(OPTION, f"Spark does not start: {_reason(log, error)}") from None


def _reason(log: Path, error: Exception) -> str:
    """The first complaint of Spark's log, else what Python knows."""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if "ERROR" in line or "Exception" in line:
            return one_line(line.strip(), 200)
    return one_line((str(error).splitlines() or [type(error).__name__])[0], 200)


def _ended(gateway: Any, session: SparkSession) -> None:
    from pyspark import SparkContext

    with suppress(Exception):  # Spark may be gone already: what was computed stands
        session.stop()
    SparkContext._gateway = None  # the next session starts its own
    SparkContext._jvm = None
    with suppress(Exception):
        gateway.shutdown()
    gateway.proc.stdin.close()  # Java ends with it
    try:
        gateway.proc.wait(timeout=30)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
