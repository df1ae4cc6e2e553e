"""Two datasets row by row in Spark's SQL: the join over their keys, and what is counted on it. The meaning is that of `_duckdb/joined.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mlgate.adapters.engines._duckdb.joined import RIGHT, sorts_of
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.adapters.engines._spark.lens import Lens
from mlgate.adapters.engines._spark.names import SPARK, name_of
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Aggregate

Spelled = tuple[tuple[str, ...], Callable[[Row], Any]]
_LEFT_SIDE, _RIGHT_SIDE = "coalesce(t.`mlgate:present`, false)", "coalesce(j.`mlgate:present`, false)"
BOTH = f"{_LEFT_SIDE} and {_RIGHT_SIDE}"
ONLY_LEFT = f"{_LEFT_SIDE} and not {_RIGHT_SIDE}"
ONLY_RIGHT = f"{_RIGHT_SIDE} and not {_LEFT_SIDE}"
_INFINITY = "double('Infinity')"


def join_source(left: str, right: str, pairs: Sequence[tuple[str, str]], models: str) -> tuple[str, str]:
    """(`with` clause, `from` clause) of the join of two views; keys that are double on either side are left out of it.

    Parts of a key that are null equal each other; a key that is null altogether meets no other.
    """
    left_names, right_names = [one for one, _ in pairs], [other for _, other in pairs]
    before = f"with {_doubles('double_t', left, left_names)}, {_doubles('double_j', right, right_names)} "
    sides = []
    for relation, names, alias in ((left, left_names, "t"), (right, right_names, "j")):
        skips = " ".join(f"left anti join {double} on {_meets('own', names, double)}" for double in ("double_t", "double_j"))
        sides.append(f"(select own.* from (select *, true as `mlgate:present` from {relation}) own {skips}) {alias}")
    meets = " and ".join(_equal(f"t.{name_of(one)}", f"j.{name_of(other)}", len(pairs)) for one, other in pairs)
    if len(pairs) > 1:
        meets += f" and {_some('t', left_names)} = {_some('j', right_names)}"
    return before, f"{sides[0]}{models} full outer join {sides[1]} on {meets}"


def _doubles(name: str, relation: str, names: Sequence[str]) -> str:
    keys = ", ".join(f"{name_of(one)} as k{index}" for index, one in enumerate(names))
    some = " or ".join(f"{name_of(one)} is not null" for one in names)
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
    parts = [lens.count(condition) for condition in (BOTH, ONLY_LEFT, ONLY_RIGHT)]
    parts += ["(select count(*) from double_t)", "(select count(*) from double_j)"]
    return tuple(parts), lambda row: tuple(int(value or 0) for value in row)


def mismatches(request: Aggregate, lens: Lens) -> Spelled:
    """(rows compared, rows that differ by more than the tolerance, greatest difference in the tolerance's own unit)."""
    differ, gap = difference(request, lens)
    worst = f"max(if({lens.within(BOTH)}, {gap}, null))" if gap is not None else "cast(null as double)"
    parts = (lens.count(BOTH), lens.count(f"{BOTH} and ({differ})"), worst)
    return parts, lambda row: (int(row[0] or 0), int(row[1] or 0), None if row[2] is None else float(row[2]))


def difference(request: Aggregate, lens: Lens) -> tuple[str, str | None]:
    """(condition of a mismatch, size of the difference) of a column on a row that both sides have; no size where only "equal" makes sense."""
    name = str(request.of)
    word, amount, nulls = request.args
    left, right = lens.cell(name), lens.cell(f"{RIGHT}{name}")
    gap = _gap(str(word), left, right, name)
    differ = f"not ({left.sql} <=> {right.sql})"
    if word != "exact" and gap is not None:
        limit = SPARK.double(float(str(amount or 0)))
        differ = f"{differ} and ({left.sql} is null or {right.sql} is null or not coalesce({gap} <= {limit}, false))"
    if nulls == "mismatch":
        differ = f"({differ}) or ({left.sql} is null and {right.sql} is null)"
    return differ, gap


def _gap(word: str, left: Cell, right: Cell, name: str) -> str | None:
    sorts = sorts_of(left, right)
    if len(sorts) > 1 and sorts != {"number", "boolean"}:
        raise MeasurementError(
            f"column {name!r} is of type {left.type} on one side and {right.type} on the other", fix="write the column with one type in both datasets"
        )
    if sorts in ({"moment"}, {"time"}) and word in ("within", "exact"):
        a, b = (_micros(cell) for cell in (left, right))
        return f"abs({a} - {b}) / 1e6D"
    if sorts <= {"number"} and sorts and word != "within":
        return _number_gap(word, left, right)
    if word != "exact" and sorts:
        raise MeasurementError(
            f"tolerance {word!r} does not fit column {name!r} of type {left.type}", cause="configuration", fix="use `exact`, or `within` for times"
        )
    return None


def _micros(cell: Cell) -> str:
    return f"time_to_micros({cell.sql})" if cell.type == "time" else f"unix_micros(cast({cell.sql} as timestamp))"


def _number_gap(word: str, left: Cell, right: Cell) -> str:
    single = word == "ulp" and "FLOAT" in (left.native, right.native)
    kind = "float" if single else "double"
    a, b = f"cast({left.sql} as {kind})", f"cast({right.sql} as {kind})"
    largest = f"greatest(abs({a}), abs({b}))"
    gap = f"cast(abs({a} - {b}) as double)"
    if word == "rel":
        gap = f"{gap} / {largest}"
    if word == "ulp":
        gap = f"{gap} / {_spacing(largest, single=single)}"
    return f"case when {a} = {b} then 0D when {largest} = {_INFINITY} then {_INFINITY} when {a} is not null and {b} is not null then {gap} end"


def _spacing(value: str, *, single: bool) -> str:
    """To the next float: two to the exponent, less the bits of the mantissa. A logarithm may be off by one next to a power of two; that is mended."""
    bits, smallest = (23, "1.401298464324817E-45D") if single else (52, "4.9E-324D")
    value = f"cast({value} as double)"
    guess = f"power(2D, floor(log2({value})))"
    exact = f"if({guess} > {value}, {guess} / 2D, if({guess} * 2D <= {value}, {guess} * 2D, {guess}))"
    return f"greatest({exact} * power(2D, -{bits}), {smallest})"
