"""Mixed models give the same summaries, to the last bit, from DuckDB and from Spark, whatever the order of rows."""

import math

import duckdb
import numpy as np
import pytest

from allay.science.evaluation.models import BadModel, growth, mmrm
from allay.science.evaluation.models.fit import Refused
from allay.science.evaluation.results import NotEstimable
from tests.science.models.trials import changed, days, trial

WHO = {"subject": "id", "visit": "visit"}
MODELS = {
    "weights": ("y ~ x + arm*visit", {"weights": "weight"}),
    "a covariance for each arm": ("y ~ arm*visit + site", {"covariance_by": "arm", "covariance": "cs"}),
    "therapy groups": ("y ~ x + arm*visit", {"group": "g", "group_arm": "1", "covariance": "cs"}),
    "baseline as an outcome": ("y ~ x*visit + arm*visit", {"constrained": "arm"}),
}


def written(columns, path, rows=None):
    """A Parquet file of some rows."""
    order = np.arange(len(columns["id"])) if rows is None else rows
    with duckdb.connect() as connection:
        table = {name: np.array(values, dtype=object if isinstance(values[0], str) else None)[order]
                 for name, values in columns.items()}  # fmt: skip
        connection.register("given", table)
        connection.execute(f"COPY (SELECT * FROM given) TO '{path}' (FORMAT parquet)")
    return path


@pytest.fixture(scope="module")
def table():
    columns = trial(60, groups=6, seed=5)
    return columns | {"arm": [str(arm) for arm in columns["arm"]]}


@pytest.fixture(scope="module")
def files(table, tmp_path_factory):
    """The same rows in one Parquet file, and shuffled in a folder of three."""
    folder = tmp_path_factory.mktemp("parquet")
    one = written(table, folder / "one.parquet")
    (folder / "many").mkdir()
    shuffled = np.random.default_rng(1).permutation(len(table["id"]))
    for number, rows in enumerate(np.array_split(shuffled, 3)):
        written(table, folder / "many" / f"{number}.parquet", rows)
    return one, folder / "many"


def assert_same(found, given, tolerance=1e-12):
    assert found.summaries == given.summaries
    assert found.summaries.fingerprint == given.summaries.fingerprint
    assert found.warnings == given.warnings
    for one, other in zip(found.coefficients(), given.coefficients(), strict=True):
        assert one.name == other.name
        if isinstance(other, Refused):
            assert one == other
            continue
        for number in ("estimate", "se", "df", "p"):
            assert math.isclose(
                getattr(one, number), getattr(other, number), rel_tol=tolerance, abs_tol=1e-300
            )
    for name, mean in given.means.items():
        assert math.isclose(found.means[name], mean, rel_tol=tolerance)


@pytest.mark.parametrize("name", MODELS)
def test_every_kind_of_summary_is_the_same(cluster, files, name):
    formula, options = MODELS[name]
    one, _ = files
    given = mmrm(one, formula, **WHO, **options)
    assert_same(mmrm((cluster, cluster.read(str(one))), formula, **WHO, **options), given)


def test_order_and_parts_of_the_rows_do_not_matter(cluster, files):
    one, many = files
    given = mmrm(one, "y ~ x + arm*visit", **WHO)
    assert_same(mmrm((cluster, cluster.read(str(many))), "y ~ x + arm*visit", **WHO), given)
    frame = cluster.session.read.parquet(str(many)).repartition(5, "y")
    assert_same(mmrm(frame, "y ~ x + arm*visit", **WHO), given)


def test_csv_is_read_as_duckdb_reads_it(cluster, tmp_path):
    path = tmp_path / "a [1] {b}, c.csv"
    rows = ["id;arm `q`;visit;y;x;seen;code"]
    random = np.random.default_rng(3)
    for person in range(30):
        for visit in ("week 10", "week 2"):
            y = "NA" if person == 3 else f"{random.normal(20, 4):.1f}"
            x = "" if person == 4 else str(random.integers(-9, 9))
            seen = "TRUE" if person % 3 else "false"
            rows.append(f'p{person};"it\'s ""{person % 2}""";{visit};{y};{x};{seen};0{person % 7}')
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    formula = "y ~ x + seen + code + `arm \\`q\\``*visit".replace("\\`", "")
    path.write_text(path.read_text().replace("arm `q`", "arm q"), encoding="utf-8")
    given = mmrm(path, formula, **WHO)
    assert not isinstance(given, NotEstimable)
    assert_same(mmrm((cluster, cluster.read(str(path))), formula, **WHO), given)
    view = cluster.read(str(path))
    with duckdb.connect() as connection:
        options = "header = true, nullstr = ['', 'NA'], sample_size = -1"
        kinds = connection.execute(f"DESCRIBE SELECT * FROM read_csv('{path}', {options})").fetchall()
    assert cluster.execute(f'DESCRIBE SELECT * FROM "{view}"').fetchall() == [row[:2] for row in kinds]


CELLS = ["5", "-5", "-0", "5.", ".5", "-.5", "1e5", "1E-5", "007", "+5", "1_000", "1 000", "inf", "-Infinity", "nan",
         "9223372036854775807", "9223372036854775808", "true", "F", "yes", "n", "on", "NA", "", " 5", "5 ", "1,5", "-",
         "1d", "5f", "0.50", "1e", "12:30", "2026-01-31", "١", "NULL", "None"]  # fmt: skip


def test_what_is_a_number_in_csv(cluster, tmp_path):
    """Each cell in a column of its own, alone, and together with a number."""
    path = tmp_path / "cells.csv"
    for below in ("", "2.5", "7"):
        lines = ["|".join(f"c{place}" for place in range(len(CELLS) + 1)), "|".join(["x", *CELLS])]
        path.write_text("\n".join([*lines, "|".join(["y"] + [below] * len(CELLS))]) + "\n", encoding="utf-8")
        with duckdb.connect() as connection:
            options = "header = true, nullstr = ['', 'NA'], sample_size = -1, delim = '|', "
            options += "auto_type_candidates = ['BOOLEAN', 'BIGINT', 'DOUBLE', 'VARCHAR']"
            given = connection.execute(f"FROM read_csv('{path}', {options})")
            kinds = [(name, str(kind)) for name, kind, *_ in given.description]
            rows = given.fetchall()
        view = cluster.read(str(path))
        assert cluster.execute(f'DESCRIBE SELECT * FROM "{view}"').fetchall() == [
            (name, {"NUMBER": "DOUBLE"}.get(kind, kind)) for name, kind in kinds
        ]
        found = cluster.execute(f'SELECT * FROM "{view}"').fetchall()
        assert repr(found) == repr(rows)


def test_numbers_without_fixed_decimals_need_more_than_64_bits(cluster, tmp_path):
    random = np.random.default_rng(7)
    columns = trial(40, 3, seed=2)
    columns = changed(columns, y=lambda c: [float(v) * math.pi * 1e6 for v in c["y"]],
                      x=lambda c: [float(v) + random.normal() * 1e-9 for v in c["x"]])  # fmt: skip
    columns["y"][5] = math.nan
    path = written(columns, tmp_path / "t.parquet")
    given = mmrm(path, "y ~ x + arm*visit", **WHO)
    assert max(abs(total) for cell in given.summaries.cells for total in cell.sums) > 2**64
    assert_same(mmrm((cluster, cluster.read(str(path))), "y ~ x + arm*visit", **WHO), given)


def test_sums_beyond_64_bits_are_taken_again_in_more(cluster):
    query = "SELECT g, sum(u), sum(u * 2), count(*) FROM (VALUES (1, {0}), (1, {0}), (2, 1)) AS t(g, u) GROUP BY g ORDER BY g"
    large = 2**62 - 1
    assert cluster.execute(query.format(large)).fetchall() == [(1, 2 * large, 4 * large, 2), (2, 1, 2, 1)]


def test_repeated_rows_and_covariates_that_move(cluster, tmp_path):
    columns = trial(30, 3, seed=4)
    twice = {name: values + values[:7] for name, values in columns.items()}
    path = written(twice, tmp_path / "t.parquet")
    given = mmrm(path, "y ~ week + x + arm*visit + site", **WHO)
    found = mmrm((cluster, cluster.read(str(path))), "y ~ week + x + arm*visit + site", **WHO)
    assert "exact repetitions of rows were left out" in given.warnings
    assert_same(found, given)


def test_one_row_per_person(cluster, tmp_path):
    random = np.random.default_rng(9)
    base = random.integers(5, 25, 50)
    columns = {"id": list(range(50)), "arm": [n % 2 for n in range(50)], "s0": base.tolist()}
    columns["s1"] = [float(b - random.integers(-2, 9)) if n % 5 else math.nan for n, b in enumerate(base)]
    path = written(columns, tmp_path / "w.parquet")
    how = {"visit": "visit", "outcomes": {"before": "s0", "after": "s1"}}
    given = mmrm(path, "y ~ arm*visit", **how)
    assert_same(mmrm((cluster, cluster.read(str(path))), "y ~ arm*visit", **how), given)


def test_random_slopes_over_shared_days(cluster, tmp_path):
    path = written(days(30, irregular=False), tmp_path / "d.parquet")
    given = growth(path, "y ~ arm*day", random="day|id", subject="id")
    assert_same(
        growth((cluster, cluster.read(str(path))), "y ~ arm*day", random="day|id", subject="id"), given
    )


def test_hostile_names(cluster, tmp_path):
    names = {"id": "who`\"'s", "arm": "__class__", "visit": "${env:HOME}", "y": "a.b\\c", "x": "é 🌱"}
    levels = ["it's", 'a "b" `c` \\n ${env:HOME} 一']
    columns = trial(30, 3, seed=6)
    columns = {names[name]: columns[name] for name in names} | {
        "__class__": [levels[a] for a in columns["arm"]]
    }
    with duckdb.connect() as connection:
        connection.register("given", {name: np.array(values, dtype=object if name == "__class__" else None)
                                      for name, values in columns.items()})  # fmt: skip
        connection.execute(f"COPY (FROM given) TO '{tmp_path / 'h.parquet'}' (FORMAT parquet)")
    formula = "`a.b\\c` ~ `é 🌱` + `__class__`*`${env:HOME}`"
    how = {"subject": names["id"], "visit": names["visit"], "factors": ["__class__"], "vcov": "model"}
    given = mmrm(tmp_path / "h.parquet", formula, **how)
    found = mmrm((cluster, cluster.read(str(tmp_path / "h.parquet"))), formula, **how)
    assert_same(found, given)
    assert any(levels[1] in name for name in found.names) or any(levels[0] in name for name in found.names)


def test_people_one_by_one_where_there_are_few(cluster, files, tmp_path):
    """Sandwich standard errors, and random slopes over days of one's own."""
    one, _ = files
    given = mmrm(one, "y ~ x + arm*visit", **WHO, vcov="CR2")
    assert_same(mmrm((cluster, cluster.read(str(one))), "y ~ x + arm*visit", **WHO, vcov="CR2"), given)
    path = written(days(20), tmp_path / "d.parquet")
    how = {"random": "day|id", "subject": "id"}
    given = growth(path, "y ~ arm*day", **how)
    found = growth((cluster, cluster.read(str(path))), "y ~ arm*day", **how)
    assert [one.estimate for one in found.coefficients()] == [one.estimate for one in given.coefficients()]


def test_rows_of_many_stay_where_they_are(cluster, files, monkeypatch):
    monkeypatch.setattr("allay.science.evaluation.spark.connection.SparkConnection.rows.__defaults__", (50,))
    with pytest.raises(BadModel, match="rows stay where they are"):
        mmrm((cluster, cluster.read(str(files[0]))), "y ~ x + arm*visit", **WHO, vcov="CR2")


def test_a_column_that_is_not_there(cluster, files):
    with pytest.raises(BadModel, match="there is no column"):
        mmrm((cluster, cluster.read(str(files[0]))), "nothing ~ arm*visit", **WHO)
