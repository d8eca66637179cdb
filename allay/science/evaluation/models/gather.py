"""The one pass over the people: SQL that sums exact cross-products for each missingness pattern."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from allay.science.evaluation.models.design import Design
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.people import People
from allay.science.evaluation.models.summaries import Cell, Entry, Header, Key, Summaries
from allay.science.evaluation.models.variables import CONSTANT, Feature, Number

MOST_ENTRIES = 160  # the pass makes one sum for each pair of them
FEATURE_BITS = 44
NARROW = 2**62  # products below fit 64 bits


@dataclass(frozen=True)
class Expression:
    """One element of a person's [u; y]: what it is, how large it gets, and its SQL."""

    entry: Entry
    bound: int
    sql: str


def gather(people: People, design: Design, outcome: str) -> Summaries:
    """Sums the features of a design and the outcome, by pattern, covariance group and therapy group."""
    summed = expressions(people, design, outcome)
    if len(summed) > MOST_ENTRIES:
        raise Unestimable(f"{len(summed)} covariates and visits are more than {MOST_ENTRIES}")
    header = _header(people, design, outcome, [expression.entry for expression in summed])
    query = _query(people, summed, key_columns(people))
    return Summaries(header, _cells(people, header, people.table.connection.execute(query).fetchall()))


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
    for name, level in feature.levels:
        indicator = f"({people.column(name, visit)} = {level})::INTEGER"
        sql = f"{sql} * {indicator}" if sql else indicator
    return Expression(Entry(feature_name(feature), visit, scale), bound, sql or "1")


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


def _query(people: People, summed: list[Expression], keys: list[str]) -> str:
    inner = [f"{sql} AS k{number}" for number, sql in enumerate(keys)]
    inner += [f"{_narrow(expression)} AS u{place}" for place, expression in enumerate(summed)]
    inner += ["w", "l"] if people.weights else []
    sums = [
        "any_value(k0)",
        "any_value(k1)",
        "any_value(k2)",
        "count(*)",
        "sum(l)" if people.weights else "0",
    ]
    for place, left in enumerate(summed):
        for other in range(place, len(summed)):
            sums.append(_sum(people, left.bound, summed[other].bound, place, other))
    groups = [f"k{number}" for number, sql in enumerate(keys) if sql not in ("0", "''")]
    return f"SELECT {', '.join(sums)} FROM (SELECT {', '.join(inner)} FROM {people.name}) GROUP BY {', '.join(groups)}"


def _narrow(expression: Expression) -> str:
    """Small whole numbers multiply and add faster in 32 bits."""
    return f"({expression.sql})::INTEGER" if expression.bound < 2**15 else expression.sql


def _sum(people: People, left: int, right: int, place: int, other: int) -> str:
    """SQL: one exact sum of products; wider whole numbers where 64 bits could overflow."""
    weight = "w * " if people.weights else ""
    wide = "::HUGEINT" if left * right * people.weight_bound >= NARROW else ""
    if place == other == 0 and not weight:
        return "count(*)"
    if place == 0 and not weight:
        return f"sum(u{other})"
    return f"sum({weight}u{place}{wide} * u{other})"


def _cells(people: People, header: Header, rows: list[tuple[object, ...]]) -> tuple[Cell, ...]:
    cells = []
    for row in rows:
        bits = int(str(row[0]))
        observed = tuple(visit for visit in range(len(people.visits)) if bits >> visit & 1)
        if observed:
            key = Key(observed, int(str(row[1])), str(row[2]))
            present = set(header.present(observed))
            cells.append(
                Cell(
                    key, int(str(row[3])), int(str(row[4])), _triangle(row[5:], present, len(header.entries))
                )
            )
    return tuple(sorted(cells, key=lambda cell: cell.key))


def _triangle(values: tuple[object, ...], present: set[int], size: int) -> tuple[int, ...]:
    kept, place = [], 0
    for i in range(size):
        for j in range(i, size):
            if i in present and j in present:
                kept.append(int(str(values[place])))
            place += 1
    return tuple(kept)


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
