"""A statement of DuckDB's SQL as one of Spark's, by its syntax tree (sqlglot), with the same meaning to the last bit.

sqlglot knows the names of functions and how either side quotes; what is said here is where it leaves a difference in
numbers or in what hostile texts may do. A test runs every construct that the evaluation uses on both engines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

WIDEST = "DECIMAL(38, 0)"  # holds what DuckDB's HUGEINT does, but for the last factor of 1.7

Tree = Any  # sqlglot.exp.Expression
Reader = Callable[[Tree], str]  # makes a view of a file and gives its name


def parsed(statement: str) -> Tree:
    """The syntax tree of one statement for DuckDB."""
    import sqlglot

    return sqlglot.parse_one(statement, read="duckdb")


def as_spark(tree: Tree, reader: Reader | None = None) -> str:
    """Spark's SQL. `reader` is asked about read_csv(...) and read_parquet(...) after FROM."""
    changed = _changed(tree.copy())
    if reader is not None:
        _read(changed, reader)
    text: str = changed.sql(dialect="spark")
    return text


def with_wide_sums(tree: Tree, places: set[int]) -> Tree:
    """The same query with the sums in these places of its SELECT taken over 38 digits."""
    from sqlglot import exp

    wide = tree.copy()
    for place in places:
        for total in list(wide.expressions[place].find_all(exp.Sum)):
            total.set("this", exp.cast(total.this, WIDEST))
    return wide


def sums_whole_numbers(tree: Tree) -> set[int]:
    """The places of a SELECT that hold a sum."""
    from sqlglot import exp

    return {place for place, one in enumerate(tree.selects) if one.find(exp.Sum)}


def _read(tree: Tree, reader: Reader) -> None:
    from sqlglot import exp

    for kind in (exp.ReadCSV, exp.ReadParquet):
        for call in list(tree.find_all(kind)):
            call.replace(exp.to_identifier(reader(call), quoted=True))


def _changed(tree: Tree) -> Tree:
    """The tree with every node that has another meaning to Spark replaced, the innermost first."""
    from sqlglot import exp

    changes = {
        exp.DataType: _type,
        exp.Round: _round,
        exp.Trunc: _whole_part,
        exp.IsNan: _not_a_number,
        exp.RegexpFullMatch: _full_match,
        exp.RegexpLike: _match,
        exp.Bracket: _first_of_list,
        exp.Select: _group_of_all,
    }
    for node in reversed([node for node in tree.walk() if type(node) in changes]):
        new = changes[type(node)](node)
        if new is not node:
            node.replace(new)
    return tree


def _in_place_of_x(template: str, value: Tree) -> Tree:
    """The template with a copy of the value for each X in it."""
    from sqlglot import exp

    tree = parsed(template)
    value = exp.paren(value) if isinstance(value, exp.Binary) else value
    for place in [column for column in tree.find_all(exp.Column) if column.name == "X"]:
        place.replace(value.copy())
    return tree


def _type(node: Tree) -> Tree:
    from sqlglot import exp

    kind = exp.DataType.Type
    known = {
        kind.UTINYINT: "SMALLINT",
        kind.USMALLINT: "INT",
        kind.UINT: "BIGINT",
        kind.UBIGINT: "DECIMAL(20, 0)",
        kind.INT128: WIDEST,
        kind.UINT128: WIDEST,
    }
    return exp.DataType.build(known[node.this]) if node.this in known else node


def _round(node: Tree) -> Tree:
    """Half away from zero, as DuckDB (C's round). Spark's own goes through decimal text, which is slow."""
    if node.args.get("decimals") is not None:
        return node
    template = "CASE WHEN abs(X - rint(X)) = 0.5 THEN X + sign(X) * 0.5 ELSE rint(X) END"
    return _in_place_of_x(template, node.this)


def _whole_part(node: Tree) -> Tree:
    template = "CASE WHEN abs(X) < 4503599627370496 THEN X::BIGINT::DOUBLE ELSE X END"
    return _in_place_of_x(template, node.this)


def _not_a_number(node: Tree) -> Tree:
    """Of nothing it is nothing, where Spark says no."""
    return _in_place_of_x("CASE WHEN X IS NOT NULL THEN isnan(X) END", node.this)


def _full_match(node: Tree) -> Tree:
    from sqlglot import exp

    pattern = exp.Literal.string(rf"\A(?:{node.expression.this})\z")
    return exp.RegexpLike(this=node.this, expression=pattern)


def _match(node: Tree) -> Tree:
    from sqlglot import exp

    flag = node.args.get("flag")
    if flag is None:
        return node
    return exp.RegexpLike(
        this=node.this, expression=exp.Literal.string(f"(?{flag.this}){node.expression.this}")
    )


def _first_of_list(node: Tree) -> Tree:
    """`list(x ORDER BY x)[1:2]`: Spark's lists have no order of their own."""
    from sqlglot import exp

    if not isinstance(node.this, exp.ArrayAgg) or not isinstance(node.expressions[0], exp.Slice):
        return node
    inner = node.this.this
    value = inner.this if isinstance(inner, exp.Order) else inner
    ends = node.expressions[0]
    collected = exp.func("sort_array", exp.func("collect_list", value, dialect="spark"), dialect="spark")
    length = int(ends.expression.name) - int(ends.this.name) + 1
    return exp.Anonymous(this="slice", expressions=[collected, ends.this, exp.Literal.number(length)])


def _group_of_all(node: Tree) -> Tree:
    """HAVING without GROUP BY: to Spark, one group must be said."""
    from sqlglot import exp

    if node.args.get("having") is None or node.args.get("group") is not None:
        return node
    everything = exp.Group(grouping_sets=[exp.GroupingSets(expressions=[exp.Tuple(expressions=[])])])
    node.set("group", everything)
    return node
