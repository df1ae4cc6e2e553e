"""Two datasets row by row in Spark's SQL: the join over their keys, and what is counted on it. The meaning is that of `_duckdb/joined.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mlgate.adapters.engines._duckdb.joined import Meeting, example_parts, out_of_bounds, read_examples, read_lag
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.adapters.engines._spark.lens import Lens
from mlgate.adapters.engines._spark.names import name_of
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Aggregate
from mlgate.core.view import Comparison

Spelled = tuple[tuple[str, ...], Callable[[Row], Any]]
_NESTED = ("list", "struct", "map", "binary", "duration", "other", "null")


def join_source(left: str, right: str, meets: Meeting, models: str) -> tuple[str, str]:
    """(`with` clause, `from` clause) of the join of two views; keys that are double on either side are left out of it.

    Parts of a key that are null equal each other; a key that is null altogether meets no other.
    """
    if meets.as_of is not None:
        return _as_of_source(left, right, meets)
    before = f"with {_doubles('double_t', left, meets.left)}, {_doubles('double_j', right, meets.right)} "
    sides = []
    for relation, names, alias in ((left, meets.left, "t"), (right, meets.right, "j")):
        skips = " ".join(f"left anti join {double} on {_meets('own', names, double)}" for double in ("double_t", "double_j"))
        sides.append(f"(select own.* from (select *, true as `mlgate:present` from {relation}) own {skips}) {alias}")
    equal = " and ".join(_equal(f"t.{name_of(one)}", f"j.{name_of(other)}", len(meets.pairs)) for one, other in meets.pairs)
    if len(meets.pairs) > 1:
        equal += f" and {_some('t', meets.left)} = {_some('j', meets.right)}"
    return before, f"{sides[0]}{models} full outer join {sides[1]} on {equal}"


def _as_of_source(left: str, right: str, meets: Meeting) -> tuple[str, str]:
    """Rows of both sides in one order of time, key by key; each takes the last row of the other side that stands before it.

    Spark has no join in time. A row of either side becomes a struct, so that its columns are called t.name and j.name as in any other join.
    """
    assert meets.as_of is not None
    names = [*meets.right, meets.as_of.against]
    before = f"with {_doubles('double_j', right, names, whole=True)} "
    flagged = " and ".join(f"own.{name_of(name)} = double_j.k{index}" for index, name in enumerate(names))
    own = f"(select *, true as `mlgate:present` from {left}) own"
    other = (
        f"(select own.*, true as `mlgate:present`, double_j.k0 is not null as `mlgate:double` from {right} own left join double_j on {flagged}) own"
    )
    keys = [f"k{index}" for index in range(len(meets.pairs))]
    sides = []
    for source, columns, time, rank, structs in (
        (own, meets.left, meets.as_of.of, 1, "struct(own.*) as t, null as j"),
        (other, meets.right, meets.as_of.against, 0, "null as t, struct(own.*) as j"),
    ):
        named = ", ".join(f"own.{name_of(column)} as {key}" for column, key in zip(columns, keys, strict=True))
        timed = f"unix_micros(cast(own.{name_of(time)} as timestamp)) as m"
        kept = "" if rank else f" where own.{name_of(time)} is not null"
        sides.append(f"select {named}, {timed}, {rank} as side, {structs} from {source}{kept}")
    window = f"partition by {', '.join(keys)} order by m asc nulls first, side rows between unbounded preceding and current row"
    some = " and ".join((*(f"{key} is not null" for key in keys), "m is not null"))
    last = f"select t, if({some}, last_value(j, true) over ({window}), null) as j from ({sides[0]} union all {sides[1]})"
    return before, f"(select t, j from ({last}) where t is not null)"


def _doubles(name: str, relation: str, names: Sequence[str], *, whole: bool = False) -> str:
    """The keys that stand more than once; those that are null altogether, or `whole`: in a part, are none."""
    keys = ", ".join(f"{name_of(one)} as k{index}" for index, one in enumerate(names))
    some = (" and " if whole else " or ").join(f"{name_of(one)} is not null" for one in names)
    by = ", ".join(name_of(one) for one in names)
    return f"{name} as (select {keys} from {relation} where {some} group by {by} having count(*) > 1)"


def _meets(alias: str, names: Sequence[str], double: str) -> str:
    return " and ".join(_equal(f"{alias}.{name_of(one)}", f"{double}.k{index}", len(names)) for index, one in enumerate(names))


def _equal(one: str, other: str, parts: int) -> str:
    return f"{one} = {other}" if parts == 1 else f"{one} <=> {other}"


def _some(alias: str, names: Sequence[str]) -> str:
    return f"coalesce({', '.join(f'if({alias}.{name_of(one)} is not null, 1, null)' for one in names)})"


def paired(lens: Lens) -> Spelled:
    """Rows on both sides, only in the dataset, only in the joined one; keys that are double on either side."""
    timed = lens.view.as_of is not None
    parts = [lens.count(condition) for condition in (lens.both, lens.only_dataset)]
    parts += ["0L", "0L"] if timed else [lens.count(lens.only_joined), "(select count(*) from double_t)"]
    parts += ["(select count(*) from double_j)"]
    return tuple(parts), lambda row: tuple(int(value or 0) for value in row)


def mismatches(request: Aggregate, lens: Lens) -> Spelled:
    """(rows compared, rows that differ by more than the tolerance, greatest difference in the tolerance's own unit)."""
    how = Comparison.of(str(request.of), request.args)
    differ, gap = lens.differs(how), lens.gap(how)
    worst = f"max(if({lens.within(lens.both)}, {gap}, null))" if gap is not None else "cast(null as double)"
    parts = (lens.count(lens.both), lens.count(f"{lens.both} and ({differ})"), worst)
    return parts, lambda row: (int(row[0] or 0), int(row[1] or 0), None if row[2] is None else float(row[2]))


def lag(request: Aggregate, lens: Lens) -> Spelled:
    """(rows that found one, those whose lag is out of bounds, least, median and greatest lag in seconds)."""
    outside, size = out_of_bounds(lens.lag, request), f"if({lens.within(lens.both)}, {lens.lag}, null)"
    parts = (lens.count(lens.both), lens.count(f"{lens.both} and ({outside})"), f"min({size})", f"percentile({size}, 0.5D)", f"max({size})")
    return parts, read_lag


def examples(request: Aggregate, lens: Lens) -> Spelled:
    """About one of n rows as tuples; which ones a hash of their keys says."""
    one_in, keys, names = example_parts(request)
    values = ", ".join(f"'c{index}', {_example(lens, lens.cell(name))}" for index, name in enumerate(names))
    picked = lens.within(f"pmod(xxhash64({', '.join(lens.cell(name).sql for name in names[:keys])}), {one_in}) = 0")
    return (f"collect_list(if({picked}, named_struct({values}), null))",), read_examples


def _example(lens: Lens, cell: Cell) -> str:
    if cell.type in ("date", "timestamp", "time"):
        return lens.comparing.micros(cell)
    return f"cast({cell.sql} as string)" if cell.type in _NESTED else cell.sql


def shifted_sql(request: Aggregate, lens: Lens) -> str:
    """One row: mismatches that equal the joined value of the row before, and of the row after, in an order of the joined rows. One task sorts."""
    how = lens.view.pairs
    if not isinstance(how, Comparison):
        raise MeasurementError("shifted needs a view of rows that differ", cause="configuration")
    left, right = lens.two(str(request.of))
    order = ", ".join(f"{lens.cell(str(name)).sql} asc nulls last" for name in request.args)
    inner = f"select {left.sql} as l, {lens.where} as differ"
    inner += "".join(f", {word}({right.sql}) over (order by {order}) as {name}" for word, name in (("lag", "b"), ("lead", "a")))
    inner += f" from {lens.relation.source} where {lens.beside}"
    counts = ", ".join(f"sum(if(differ and l = {name}, 1, 0)) as n{name}" for name in ("b", "a"))
    return f"{lens.relation.before}select {counts} from ({inner})"
