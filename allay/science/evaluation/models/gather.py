"""The one pass over the people: SQL that sums exact cross-products for each missingness pattern."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from allay.science.evaluation.models.design import Design
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.people import People
from allay.science.evaluation.models.summaries import Cell, Entry, Header, Key, Summaries
from allay.science.evaluation.models.variables import CONSTANT, Factor, Feature, Number

MOST_ENTRIES = 160  # the pass makes one sum for each pair of them
FEATURE_BITS = 44
MOST_SUMS = 1000  # in one statement: each takes a column of intermediate results in memory
MOST_COMBINATIONS = 16  # of levels of factors that the pass groups by
CONSTANT_KEYS = ("0", "''")
WHOLE_NUMBERS = (("SMALLINT", 2**15), ("INTEGER", 2**31), ("BIGINT", 2**62))


@dataclass(frozen=True)
class Expression:
    """One element of a person's [u; y]: what it is, how large it gets, and its SQL.

    The SQL is `part`, times 1 where the factors of `levels` have these levels and 0 elsewhere.
    """

    entry: Entry
    bound: int
    part: str
    levels: tuple[tuple[str, str], ...] = ()  # SQL of a factor's place, and the place asked for

    @property
    def sql(self) -> str:
        indicators = [f"({column} = {place})::INTEGER" for column, place in self.levels]
        return " * ".join([self.part, *indicators])


def gather(people: People, design: Design, outcome: str) -> Summaries:
    """Sums the features of a design and the outcome, by pattern, covariance group and therapy group."""
    summed = expressions(people, design, outcome)
    if len(summed) > MOST_ENTRIES:
        raise Unestimable(f"{len(summed)} covariates and visits are more than {MOST_ENTRIES}")
    header = _header(people, design, outcome, [expression.entry for expression in summed])
    plan = _plan(people, summed)
    return Summaries(header, _cells(people, header, plan, _summed_rows(people, plan)))


def expressions(people: People, design: Design, outcome: str) -> list[Expression]:
    found = [_feature(people, feature, None) for feature in design.steady]
    visits = range(len(people.visits))
    found += [_feature(people, feature, visit) for feature in design.moving for visit in visits]
    coding = people.codings[outcome]
    found += [Expression(Entry("y", visit, coding.scale), coding.bound, f"y_{visit}") for visit in visits]
    return found


def feature_name(feature: Feature) -> str:
    """Unambiguous text of a feature for the header."""
    return "1" if feature == CONSTANT else repr((feature.numbers, feature.levels))


def _feature(people: People, feature: Feature, visit: int | None) -> Expression:
    scale, bound, sql = Fraction(1), 1, ""
    for name in feature.numbers:
        coding = people.codings[name]
        scale, bound = scale * coding.scale, bound * coding.bound
        column = people.column(name, visit)
        sql = f"{sql} * {column}::DOUBLE" if sql else column
    if len(feature.numbers) > 1:
        spare = max(0, bound.bit_length() - FEATURE_BITS)
        scale, bound = scale / 2**spare, (bound >> spare) + 1
        sql = f"CAST(round({sql} * {2.0**-spare!r}::DOUBLE) AS BIGINT)"
    levels = tuple((people.column(name, visit), str(level)) for name, level in feature.levels)
    return Expression(Entry(feature_name(feature), visit, scale), bound, sql or "1", levels)


def _header(people: People, design: Design, outcome: str, entries: list[Entry]) -> Header:
    shifts = [(name, v.shift) for name, v in design.variables.items() if isinstance(v, Number)]
    return Header(
        people.visits,
        tuple(entries),
        (*sorted(shifts), ("y", people.codings[outcome].shift)),
        people.covariance_levels,
        people.codings[people.weights].scale if people.weights else Fraction(1),
    )


def key_columns(people: People) -> list[str]:
    return [
        "m",
        "g" if people.covariance_levels else "0",
        "coalesce(h, '')" if people.grouped else "''",
    ]


@dataclass(frozen=True)
class Plan:
    """What the pass groups by and what it sums.

    People are grouped by some `factors` too, for inside such a group their indicators are constants: only products
    of the `parts` (SQL and bound, the constant first) are summed. `entry_parts` and `entry_levels` say which part
    an entry is, and at which levels of the factors (place of the factor, level) it is not nought.
    """

    factors: tuple[str, ...]
    parts: tuple[tuple[str, int], ...]
    entry_parts: tuple[int, ...]
    entry_levels: tuple[tuple[tuple[int, str], ...], ...]


def _plan(people: People, summed: list[Expression]) -> Plan:
    factors = _key_factors(people, summed)
    parts: dict[tuple[str, int], None] = {("1", 1): None}
    found = []
    for expression in summed:
        apart = [pair for pair in expression.levels if pair[0] not in factors]
        part = (replace(expression, levels=tuple(apart)).sql, expression.bound)
        parts[part] = None
        known = tuple(
            (factors.index(column), place) for column, place in expression.levels if column in factors
        )
        found.append((part, known))
    order = list(parts)
    return Plan(
        factors,
        tuple(order),
        tuple(order.index(part) for part, _ in found),
        tuple(known for _, known in found),
    )


def _key_factors(people: People, summed: list[Expression]) -> tuple[str, ...]:
    """Factors to group by: those of few levels, as long as there are few combinations."""
    found, combinations = [], 1
    used = {
        column for expression in summed if expression.entry.visit is None for column, _ in expression.levels
    }
    for name in people.covariates:
        variable = people.variables[name]
        if isinstance(variable, Factor) and not variable.varies and people.column(name) in used:
            combinations *= len(variable.levels)
            if combinations > MOST_COMBINATIONS:
                break
            found.append(people.column(name))
    return tuple(found)


def _summed_rows(people: People, plan: Plan) -> list[tuple[object, ...]]:
    """Keys, count, logarithms of weights and all sums, of each group; many sums are made some at a time."""
    pairs = [
        _sum(people, left, plan.parts[other][1], place, other)
        for place, (_, left) in enumerate(plan.parts)
        for other in range(place, len(plan.parts))
    ]
    keys = [*key_columns(people), *plan.factors]
    found: dict[tuple[object, ...], tuple[object, ...]] = {}
    for start in range(0, len(pairs), MOST_SUMS):
        query = _query(people, plan, keys, pairs[start : start + MOST_SUMS])
        for row in people.table.connection.execute(query).fetchall():
            key, sums = tuple(row[: len(keys)]), tuple(row[len(keys) :])
            found[key] = found[key] + sums[2:] if key in found else sums
    return [key + sums for key, sums in found.items()]


def _query(people: People, plan: Plan, keys: list[str], sums: list[str]) -> str:
    inner = [f"{sql} AS k{number}" for number, sql in enumerate(keys)]
    inner += [f"{_present(*part)} AS u{place}" for place, part in enumerate(plan.parts)]
    inner += ["w", "l"] if people.weights else []
    # constants are no keys: they cost time
    fields = [sql if sql in CONSTANT_KEYS else f"k{number}" for number, sql in enumerate(keys)]
    fields += ["count(*)", "sum(l)" if people.weights else "0", *sums]
    groups = [f"k{number}" for number, sql in enumerate(keys) if sql not in CONSTANT_KEYS]
    rows = f"(SELECT {', '.join(inner)} FROM {people.name})"
    return f"SELECT {', '.join(fields)} FROM {rows} GROUP BY {', '.join(groups)}"


def _present(sql: str, bound: int) -> str:
    """Nought where absent: the pattern says what is there, and sums without NULL are faster."""
    return sql if sql == "1" else f"coalesce({sql}, 0)::{_whole(bound)}"


def _whole(bound: int) -> str:
    """The narrowest whole numbers that hold a bound: they multiply and add fastest."""
    return next((name for name, limit in WHOLE_NUMBERS if bound < limit), "HUGEINT")


def _sum(people: People, left: int, right: int, place: int, other: int) -> str:
    """SQL: one exact sum of products, in whole numbers that hold each of them."""
    if people.weights:
        wide = _whole(left * right * people.weight_bound)
        return f"sum(w::{wide} * u{place} * u{other})"
    if place == 0:
        return f"sum(u{other})" if other else "count(*)"
    return f"sum(u{place}::{_whole(left * right)} * u{other})"


def _cells(people: People, header: Header, plan: Plan, rows: list[tuple[object, ...]]) -> tuple[Cell, ...]:
    keys, triangle = 3 + len(plan.factors), _triangle(plan)
    cells: dict[Key, Cell] = {}
    for row in rows:
        bits = int(str(row[0]))
        observed = tuple(visit for visit in range(len(people.visits)) if bits >> visit & 1)
        if observed:
            key = Key(observed, int(str(row[1])), str(row[2]))
            sums = triangle(header.present(observed), tuple(map(str, row[3:keys])), row[keys + 2 :])
            cell = Cell(key, int(str(row[keys])), int(str(row[keys + 1])), sums)
            cells[key] = cells[key] + cell if key in cells else cell
    return tuple(cells[key] for key in sorted(cells))


def _triangle(plan: Plan) -> Callable[[list[int], tuple[str, ...], Sequence[object]], tuple[int, ...]]:
    """From the sums of a group's parts to those of its entries, of which some are nought in all of the group."""
    size = len(plan.parts)
    left, right = np.triu_indices(size)
    place = np.zeros((size, size), dtype=int)
    place[left, right] = place[right, left] = np.arange(left.size)
    parts = np.array(plan.entry_parts)

    def made(present: list[int], levels: tuple[str, ...], sums: Sequence[object]) -> tuple[int, ...]:
        first, second = np.triu_indices(len(present))
        alive = np.array([all(levels[f] == level for f, level in plan.entry_levels[one]) for one in present])
        which = parts[present]
        values = np.array(sums, dtype=object)[place[which[first], which[second]]]
        return tuple(np.where(alive[first] & alive[second], values, 0).tolist())

    return made


def means(people: People, design: Design, summaries: Summaries) -> dict[str, float]:
    """The mean of each covariate that is a number, over the kept rows; for marginal means."""
    found = {} if people.weights else known_means(design, summaries)
    numbers = [name for name in people.covariates if isinstance(people.variables[name], Number)]
    asked = [name for name in numbers if name not in found]
    return found | (_asked(people, asked) if asked else {})


def known_means(design: Design, summaries: Summaries) -> dict[str, float]:
    """Those means that unweighted summaries hold themselves."""
    found = {}
    for name, variable in design.variables.items():
        feature = Feature((name,))
        if isinstance(variable, Number) and feature in design.steady:
            found[name] = _summed(summaries, design.steady.index(feature)) + variable.shift
    return found


def _summed(summaries: Summaries, place: int) -> float:
    """The mean over rows of an entry that does not change within people."""
    total = sum(cell.sums[place] * len(cell.key.observed) for cell in summaries.cells)
    return float(Fraction(total, summaries.observations) / summaries.header.entries[place].scale)


def _asked(people: People, names: list[str]) -> dict[str, float]:
    fields = []
    for name in names:
        if people.variables[name].varies:
            each = [f"coalesce({people.column(name, visit)}, 0)" for visit in range(len(people.visits))]
            fields.append(f"sum(({' + '.join(each)})::HUGEINT)")
        else:
            fields.append(f"sum({people.column(name)}::HUGEINT * bit_count(m))")
    query = f"SELECT sum(bit_count(m)), {', '.join(fields)} FROM {people.name}"
    row = people.table.connection.execute(query).fetchone() or ()
    codings = [people.codings[name] for name in names]
    return {
        name: float(Fraction(int(total), int(row[0])) / coding.scale) + coding.shift
        for name, coding, total in zip(names, codings, row[1:], strict=True)
    }
