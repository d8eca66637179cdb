"""Every construct that the evaluation uses means the same to both engines, whatever stands in names and texts."""

import duckdb
import numpy as np
import pytest

from allay.science.evaluation import BadInput
from allay.science.evaluation.sql import identifier, literal

NUMBERS = [
    ("round(x)", "halves go away from zero"),
    ("CASE WHEN abs(x) < 1e9 THEN CAST(round(x * 1000) AS BIGINT) END", "fixed decimals"),
    ("trunc(x)", "the whole part"),
    ("abs(x) > 2 AND x = trunc(x)", "whole numbers"),
    ("CASE WHEN abs(x) < 1e6 THEN x::VARCHAR END", "numbers as text"),
    ("n::HUGEINT * n * n", "128 bits"),
    ("(n % 7)::UTINYINT | 8::UTINYINT", "unsigned"),
    ("1::BIGINT << abs(n % 50)::INTEGER", "bits"),
    ("bit_count(abs(n))", "how many bits"),
    ("nullif(x, 'NaN'::DOUBLE)", "NaN as absent"),
    ("coalesce(x, -1.5) / 3", "quotients"),
    ("n / 7", "quotients of whole numbers"),
    ("n % 7", "remainders"),
    ("isnan(x)", "NaN"),
    ("greatest(n, 5)", "the greater"),
    ("TRY_CAST(t AS DOUBLE)", "numbers in text"),
    ("regexp_full_match(t, '[+-]?[0-9]+([.,][0-9]*)?')", "a number throughout"),
    ("regexp_matches(t, '^[=+]', 's')", "a beginning"),
    ("contains(t, ',')", "a comma"),
    ("replace(t, ',', '.')", "a point"),
    ("trim(t, E' \\t\\r\\n')", "without blanks"),
    ("CASE WHEN t IN ('', 'NA') THEN NULL ELSE t END", "codes for missing"),
    ("'group ' || t", "joined texts"),
]
TABLES = [
    "SELECT g, bit_or(1::BIGINT << (abs(n) % 9)::INTEGER), bool_or(n > 5), bool_and(x > 0), count(*) FILTER (n > 3) "
    "FROM sample WHERE n IS NOT NULL AND x IS NOT NULL GROUP BY g ORDER BY g",
    "SELECT coalesce(g, -1), count(*), sum(n), min(t), max(x) FROM sample GROUP BY GROUPING SETS ((g), ()) ORDER BY 1, 2",
    "SELECT list(n ORDER BY n)[1:2], any_value(g) FROM sample WHERE g = 1 AND n IS NOT NULL HAVING count(*) > 1",
    "SELECT list(n ORDER BY n)[1:2], any_value(g) FROM sample WHERE g = 99 HAVING count(*) > 1",
    "SELECT n FROM sample SEMI JOIN (SELECT g FROM sample GROUP BY g HAVING count(*) > 2 ORDER BY g LIMIT 1) a USING (g) "
    "ORDER BY n",
    "SELECT arg_min(t, n), arg_min(n, x) FROM sample WHERE n IS NOT NULL AND NOT isnan(x)",
    "SELECT g, t, count(*) AS c FROM sample GROUP BY g, t QUALIFY row_number() OVER (PARTITION BY g ORDER BY c DESC, "
    "t DESC) <= 2 ORDER BY g, c DESC, t DESC",
    "SELECT * EXCLUDE (x, t) FROM sample ORDER BY n",
    "SELECT a, b FROM (VALUES (1, 2), (3, 4)) AS asked(a, b) ORDER BY a DESC",
    "SELECT g, n, sum(n) OVER (PARTITION BY g ORDER BY n) FROM sample WHERE n BETWEEN -50 AND 50 ORDER BY g, n",
    "SELECT avg(v), min(v) FROM (SELECT n AS v FROM sample UNION ALL SELECT g AS v FROM sample)",
    "SELECT sum(n), sum(n * 1::HUGEINT), sum(g) FROM (SELECT 9223372036854775807 AS n, 1 AS g UNION ALL "
    "SELECT 9223372036854775807 AS n, 2 AS g)",
]
ROWS = [
    (1, 3, 2.5, "1,5"),
    (1, -7, -2.5, "=1+1"),
    (1, 41, 0.49999999999999994, " 12\t"),
    (2, 0, -0.5, "NA"),
    (2, 9, 1e300, "-3.25"),
    (2, 9, 4503599627370497.5, "12\n"),
    (3, None, 1234.5675, "a\\b'c"),
    (3, 8, float("nan"), ""),
    (3, 100, None, None),
    (None, 5, float("inf"), "1e5"),
]
HOSTILE = [
    'a"b', "a`b", "``", "a'b", "a\\b", "\\", "\\'", "${env:HOME}", "${spark.app.name}", "__class__", "a.b", "x y", "--",
    "/*+ BROADCAST(t) */", "a;DROP VIEW t", "é ü ß", "一二三", "🌱", ":p", "?", "%s", "{0}", "a\tb", "line\nbreak",
    "NULL", "*", "select", "\u202e", "0x41", "\\u0041", "$1", "@x", "_%", "a" * 300,
]  # fmt: skip


@pytest.fixture(scope="module")
def both(cluster, tmp_path_factory):
    """A table `sample` in either engine."""
    path = tmp_path_factory.mktemp("sample") / "sample.parquet"
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE sample (g INTEGER, n BIGINT, x DOUBLE, t VARCHAR)")
        connection.executemany("INSERT INTO sample VALUES (?, ?, ?, ?)", ROWS)
        connection.execute(f"COPY sample TO '{path}' (FORMAT parquet)")
        cluster.session.read.parquet(str(path)).createOrReplaceTempView("sample")
        yield connection, cluster


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (one != one and other != other)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return one == other


def test_expressions_give_the_same(both):
    duck, spark = both
    query = f"SELECT {', '.join(sql for sql, _ in NUMBERS)} FROM sample WHERE n IS NOT NULL ORDER BY n, x"
    given, found = duck.execute(query).fetchall(), spark.execute(query).fetchall()
    assert len(given) == len(found) == 9
    wrong = [
        (what, one, other)
        for row, seen in zip(given, found, strict=True)
        for (_, what), one, other in zip(NUMBERS, row, seen, strict=True)
        if not same(one, other)
    ]
    assert not wrong


@pytest.mark.parametrize("query", TABLES)
def test_queries_give_the_same(both, query):
    duck, spark = both
    assert same(spark.execute(query).fetchall(), duck.execute(query).fetchall())


def test_hostile_names_and_texts_stay_what_they_are(both):
    duck, spark = both
    query = "SELECT " + ", ".join(f"{literal(text)} AS {identifier(text)}" for text in HOSTILE)
    for engine in (duck, spark):
        assert engine.execute(query).fetchall() == [tuple(HOSTILE)]
    spark.execute(f"CREATE TEMP TABLE hostile AS {query}")
    assert [
        row[0] for row in spark.execute("DESCRIBE SELECT * FROM hostile").fetchall() if row[0] != "rowid"
    ] == HOSTILE
    found = spark.execute(
        "SELECT " + ", ".join(identifier(text) for text in HOSTILE) + " FROM hostile"
    ).fetchall()
    spark.execute("DROP TABLE hostile")
    assert found == [tuple(HOSTILE)]


def test_rows_stay_in_the_cluster(cluster):
    with pytest.raises(BadInput, match="more than 20000 rows would leave"):
        cluster.execute("SELECT a.id FROM (SELECT explode(sequence(1, 20001)) AS id) AS a").fetchall()
    with pytest.raises(BadInput, match="more than 20000 rows would leave"):
        cluster.execute("SELECT a.id FROM (SELECT explode(sequence(1, 20001)) AS id) AS a").fetchnumpy()


def test_arrays_are_those_of_duckdb(both):
    duck, spark = both
    query = "SELECT g, n, x, t, n > 5 AS more, n::HUGEINT AS wide FROM sample {} ORDER BY n, x"
    for which in ("", "WHERE n IS NOT NULL AND x IS NOT NULL AND g IS NOT NULL", "WHERE n = 12345"):
        given, found = (
            duck.execute(query.format(which)).fetchnumpy(),
            spark.execute(query.format(which)).fetchnumpy(),
        )
        assert list(found) == list(given)
        for name, values in given.items():
            assert found[name].dtype == values.dtype, name
            mask = np.ma.getmaskarray(values)
            assert (np.ma.getmaskarray(found[name]) == mask).all()
            np.testing.assert_array_equal(np.ma.getdata(found[name])[~mask], np.ma.getdata(values)[~mask])


@pytest.mark.parametrize(
    "statement", ["INSERT INTO sample VALUES (1)", "COPY sample TO 'x'", "SELECT nothing FROM sample"]
)
def test_what_spark_cannot_do_is_one_line(both, statement):
    with pytest.raises(BadInput) as fault:
        both[1].execute(statement).fetchall()
    assert "\n" not in str(fault.value)
    assert len(str(fault.value)) < 260
