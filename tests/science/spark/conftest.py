"""A Spark session on this machine for all tests of this folder; without Spark's libraries or Java they are left out."""

from importlib.util import find_spec

import pytest


def why_not() -> str:
    if find_spec("pyspark") is None or find_spec("sqlglot") is None:
        return "Spark's libraries are not installed (./run test spark)"
    from allay.server.spark_session import why_no_java

    return why_no_java()


def pytest_collection_modifyitems(items):
    mine = [item for item in items if item.path.parent.name == "spark"]
    reason = why_not() if mine else ""
    for item in mine:
        item.add_marker(pytest.mark.spark)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


SMALL = {  # tables of tests are small: interpreting a plan takes less than compiling it
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "2",
}


@pytest.fixture(scope="session")
def session():
    from allay.server.spark_session import spark_session

    with spark_session("local[2]", SMALL) as session:
        yield session


@pytest.fixture(scope="module")
def cluster(session):
    from allay.science.evaluation.spark import SparkConnection

    connection = SparkConnection(session)
    yield connection
    connection.close()
