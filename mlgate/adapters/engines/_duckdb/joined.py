"""Two datasets row by row: a join over their keys, full or as of a time, and what is counted on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.adapters.engines._duckdb.comparing import sort_of
from mlgate.adapters.engines._duckdb.lens import Lens
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.adapters.engines._duckdb.tables import POSITION, Table
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted
from mlgate.core.request import BESIDE, Aggregate
from mlgate.core.view import AsOf, Comparison

Spelled = tuple[tuple[str, ...], Callable[[Row], Any]]
_TIMES = ("date", "timestamp")


@dataclass(frozen=True)
class Meeting:
    """How rows of two datasets meet: the pairs of their key columns, and the time that they are looked up as of."""

    pairs: tuple[tuple[str, str], ...]
    as_of: AsOf | None = None

    @property
    def left(self) -> list[str]:
        return [one for one, _ in self.pairs]

    @property
    def right(self) -> list[str]:
        return [other for _, other in self.pairs]


def meeting(left: Table, right: Table, as_of: AsOf | None) -> Meeting:
    """How the rows of both meet. Raises `MeasurementError` where a key or a time is missing or types do not fit."""
    if as_of is None:
        return Meeting(key_pairs(left, right))
    for table, name in ((left, as_of.of), (right, as_of.against)):
        if (kind := _type(table, name)) not in _TIMES:
            what = f"as_of: column {name!r} of {table.name} is of type {kind}, not a date or timestamp"
            raise MeasurementError(what, cause="configuration", fix="name the column that says when the row was true")
    return Meeting(key_pairs(left, right, as_of), as_of)


def key_pairs(left: Table, right: Table, as_of: AsOf | None = None) -> tuple[tuple[str, str], ...]:
    """The key columns of both, pairwise, without the times. Raises `MeasurementError` where a key is missing or types do not fit."""
    left_key, right_key = left.key or right.key, right.key or left.key
    if not left_key:
        raise MeasurementError(
            f"{left.name} and {right.name} declare no key to be joined by",
            cause="configuration",
            fix=f"add `key: [..]` to datasets.{left.name} and datasets.{right.name}",
        )
    if as_of is not None:
        left_key, right_key = tuple(one for one in left_key if one != as_of.of), tuple(one for one in right_key if one != as_of.against)
    if len(left_key) != len(right_key) or not left_key:
        besides = " besides the time" if as_of is not None else ""
        raise MeasurementError(
            f"the keys of {left.name} ({', '.join(left_key)}) and {right.name} ({', '.join(right_key)}) have different lengths{besides}"
            if left_key or right_key
            else f"the keys of {left.name} and {right.name} hold nothing{besides}",
            cause="configuration",
            fix="name the same columns in both",
        )
    for one, other in zip(left_key, right_key, strict=True):
        sorts = sort_of(_type(left, one)), sort_of(_type(right, other))
        if sorts[0] != sorts[1] and "null" not in sorts:
            raise MeasurementError(
                f"key {one!r} of {left.name} is of type {_type(left, one)}, {other!r} of {right.name} of type {_type(right, other)}",
                fix="write the key with one type in both",
            )
    return tuple(zip(left_key, right_key, strict=True))


def _type(table: Table, name: str) -> str:
    column = table.column(name)
    if column is None:
        raise MeasurementError(
            f"{table.name} has no key column {name!r}", cause="configuration", fix=f"columns are {', '.join(table.schema.names[:40])}"
        )
    return column.type


def join_source(left: str, right: str, meets: Meeting, models: str, *, numbered: bool) -> tuple[str, str]:
    """(`with` clause, `from` clause) of the join of two relations; keys that are double on either side are left out of it.

    Parts of a key that are null equal each other; a key that is null altogether meets no other. `numbered` adds the position in file order.
    """
    position = f", row_number() over () - 1 as {quoted(POSITION)}" if numbered else ""
    if meets.as_of is not None:
        return _as_of_source(left, right, meets, position)
    before = f"with {_doubles('double_t', left, meets.left)}, {_doubles('double_j', right, meets.right)} "
    sides = []
    for relation, names, alias in ((left, meets.left, "t"), (right, meets.right, "j")):
        skips = " ".join(f"anti join {double} on {_meets('own', names, double)}" for double in ("double_t", "double_j"))
        present = f'(select *, true as "mlgate:present"{position if alias == "t" else ""} from {relation})'
        sides.append(f"(select own.* from {present} own {skips}) {alias}")
    equal = " and ".join(_equal(f"t.{quoted(one)}", f"j.{quoted(other)}", len(meets.pairs)) for one, other in meets.pairs)
    if len(meets.pairs) > 1:
        equal += f" and {_some('t', meets.left)} = {_some('j', meets.right)}"
    return before, f"{sides[0]}{models} full join {sides[1]} on {equal}"


def _as_of_source(left: str, right: str, meets: Meeting, position: str) -> tuple[str, str]:
    """Each row with the newest row of the other side that is not later. A part of the key that is null meets no other.

    Rows that are double on the other side stay in, marked: without them an older row would be taken for the newest.
    """
    assert meets.as_of is not None
    names = [*meets.right, meets.as_of.against]
    before = f"with {_doubles('double_j', right, names, whole=True)} "
    flagged = " and ".join(f"own.{quoted(name)} = double_j.k{index}" for index, name in enumerate(names))
    own = f'select *, true as "mlgate:present"{position} from {left}'
    other = f'select own.*, true as "mlgate:present", double_j.k0 is not null as "mlgate:double" from {right} own left join double_j on {flagged}'
    equal = " and ".join(f"t.{quoted(one)} = j.{quoted(two)}" for one, two in meets.pairs)
    return before, f"({own}) t asof left join ({other}) j on {equal} and t.{quoted(meets.as_of.of)} >= j.{quoted(meets.as_of.against)}"


def _doubles(name: str, relation: str, names: Sequence[str], *, whole: bool = False) -> str:
    """The keys that stand more than once; those that are null altogether, or `whole`: in a part, are none."""
    keys = ", ".join(f"{quoted(one)} as k{index}" for index, one in enumerate(names))
    some = (" and " if whole else " or ").join(f"{quoted(one)} is not null" for one in names)
    return f"{name} as materialized (select {keys} from {relation} where {some} group by all having count(*) > 1)"


def _meets(alias: str, names: Sequence[str], double: str) -> str:
    return " and ".join(_equal(f"{alias}.{quoted(one)}", f"{double}.k{index}", len(names)) for index, one in enumerate(names))


def _equal(one: str, other: str, parts: int) -> str:
    return f"{one} = {other}" if parts == 1 else f"{one} is not distinct from {other}"


def _some(alias: str, names: Sequence[str]) -> str:
    return f"coalesce({', '.join(f'case when {alias}.{quoted(one)} is not null then 1 end' for one in names)})"


def paired(lens: Lens) -> Spelled:
    """Rows on both sides, only in the dataset, only in the joined one; keys that are double on either side."""
    timed = lens.view.as_of is not None
    parts = [f"countif({lens.within(condition)})" for condition in (lens.both, lens.only_dataset)]
    parts += ["0", "0"] if timed else [f"countif({lens.within(lens.only_joined)})", "(select count(*) from double_t)"]
    parts += ["(select count(*) from double_j)"]
    return tuple(parts), lambda row: tuple(int(value or 0) for value in row)


def mismatches(request: Aggregate, lens: Lens) -> Spelled:
    """(rows compared, rows that differ by more than the tolerance, greatest difference in the tolerance's own unit)."""
    how = Comparison.of(str(request.of), request.args)
    differ, gap = lens.differs(how), lens.gap(how)
    compared = lens.within(lens.both)
    worst = f"max(case when {compared} then {gap} end)" if gap is not None else "null"
    parts = (f"countif({compared})", f"countif({lens.within(f'{lens.both} and ({differ})')})", worst)
    return parts, lambda row: (int(row[0] or 0), int(row[1] or 0), None if row[2] is None else float(row[2]))


def lag(request: Aggregate, lens: Lens) -> Spelled:
    """(rows that found one, those whose lag is out of bounds, least, median and greatest lag in seconds)."""
    outside = out_of_bounds(lens.lag, request)
    found, size = lens.within(lens.both), f"case when {lens.within(lens.both)} then {lens.lag} end"
    parts = (f"countif({found})", f"countif({lens.within(f'{lens.both} and ({outside})')})", f"min({size})", f"median({size})", f"max({size})")
    return parts, read_lag


def out_of_bounds(value: str, request: Aggregate) -> str:
    """A lag in microseconds outside of bounds in seconds."""
    low, high = request.args
    sides = [f"{value} < {round(float(str(low)) * 1e6)}"] if low is not None else []
    sides += [f"{value} > {round(float(str(high)) * 1e6)}"] if high is not None else []
    return " or ".join(sides) or "false"


def read_lag(row: Row) -> tuple[int, int, float | None, float | None, float | None]:
    least, median, most = (None if value is None else float(value) / 1e6 for value in row[2:])
    return int(row[0] or 0), int(row[1] or 0), least, median, most


def examples(request: Aggregate, lens: Lens) -> Spelled:
    """About one of n rows as tuples; which ones a hash of their keys says."""
    one_in, keys, names = example_parts(request)
    values = ", ".join(f"c{index} := {_example(lens, lens.cell(name))}" for index, name in enumerate(names))
    picked = lens.within(f"hash({', '.join(lens.cell(name).sql for name in names[:keys])}) % {one_in} = 0")
    return (f"list(struct_pack({values})) filter (where {picked})",), read_examples


def example_parts(request: Aggregate) -> tuple[int, int, list[str]]:
    """(one of so many rows, how many of the columns are keys, the columns)."""
    one_in, keys, *names = request.args
    return int(str(one_in)), int(str(keys)), [str(name) for name in names]


def read_examples(row: Row) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(value for _, value in one) for one in row[0] or ())


def _example(lens: Lens, cell: Cell) -> str:
    if cell.type in (*_TIMES, "time"):
        return lens.comparing.micros(cell)
    return f"cast({cell.sql} as varchar)" if cell.type in ("list", "struct", "map", "binary", "duration", "other", "null") else cell.sql


def shifted_sql(request: Aggregate, lens: Lens) -> str:
    """One row: mismatches that equal the joined value of the row before, and of the row after, in an order of the joined rows."""
    how = lens.view.pairs
    if not isinstance(how, Comparison):
        raise MeasurementError("shifted needs a view of rows that differ", cause="configuration")
    left, right = lens.two(str(request.of))
    order = ", ".join(f"{lens.cell(str(name)).sql}" for name in request.args)
    inner = f"select {left.sql} as l, {lens.where} as differ"
    inner += "".join(f", {word}({right.sql}) over (order by {order}) as {name}" for word, name in (("lag", "b"), ("lead", "a")))
    inner += f" from {lens.relation.source} where {lens.beside}"
    return f"{lens.relation.before}select countif(differ and l = b), countif(differ and l = a) from ({inner})"


def beside(name: str) -> str:
    """A column of the joined dataset in a joined view."""
    return f"{BESIDE}{name}"
