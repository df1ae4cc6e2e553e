"""Two datasets row by row: a full outer join over their keys, and what is counted on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mlgate.adapters.engines._duckdb.lens import PRESENT_LEFT, PRESENT_RIGHT, Lens
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.adapters.engines._duckdb.tables import Table
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted
from mlgate.core.request import Aggregate
from mlgate.core.table_schema import NUMERIC

RIGHT = "joined."  # prefix of the second dataset's columns in a joined view
_LEFT_SIDE, _RIGHT_SIDE = f"coalesce({PRESENT_LEFT}, false)", f"coalesce({PRESENT_RIGHT}, false)"
BOTH = f"{_LEFT_SIDE} and {_RIGHT_SIDE}"
ONLY_LEFT = f"{_LEFT_SIDE} and not {_RIGHT_SIDE}"
ONLY_RIGHT = f"{_RIGHT_SIDE} and not {_LEFT_SIDE}"
_SORTS = {**dict.fromkeys(NUMERIC, "number"), "date": "moment", "timestamp": "moment"}
Spelled = tuple[tuple[str, ...], Callable[[Row], Any]]


def key_pairs(left: Table, right: Table) -> tuple[tuple[str, str], ...]:
    """The key columns of both, pairwise. Raises `MeasurementError` where a key is missing or types do not fit."""
    left_key, right_key = left.key or right.key, right.key or left.key
    if not left_key:
        raise MeasurementError(
            f"{left.name} and {right.name} declare no key to be joined by",
            cause="configuration",
            fix=f"add `key: [..]` to datasets.{left.name} and datasets.{right.name}",
        )
    if len(left_key) != len(right_key):
        raise MeasurementError(
            f"the keys of {left.name} ({', '.join(left_key)}) and {right.name} ({', '.join(right_key)}) have different lengths",
            cause="configuration",
            fix="name the same columns in both",
        )
    for one, other in zip(left_key, right_key, strict=True):
        sorts = _sort_of(left, one), _sort_of(right, other)
        if sorts[0] != sorts[1] and "null" not in sorts:
            raise MeasurementError(
                f"key {one!r} of {left.name} is of type {_type(left, one)}, {other!r} of {right.name} of type {_type(right, other)}",
                fix="write the key with one type in both",
            )
    return tuple(zip(left_key, right_key, strict=True))


def _sort_of(table: Table, name: str) -> str:
    kind = _type(table, name)
    return _SORTS.get(kind, kind)


def _type(table: Table, name: str) -> str:
    column = table.column(name)
    if column is None:
        raise MeasurementError(
            f"{table.name} has no key column {name!r}", cause="configuration", fix=f"columns are {', '.join(table.schema.names[:40])}"
        )
    return column.type


def join_source(left: str, right: str, pairs: Sequence[tuple[str, str]], models: str) -> tuple[str, str]:
    """(`with` clause, `from` clause) of the join of two relations; keys that are double on either side are left out of it.

    Parts of a key that are null equal each other; a key that is null altogether meets no other.
    """
    left_names, right_names = [one for one, _ in pairs], [other for _, other in pairs]
    before = f"with {_doubles('double_t', left, left_names)}, {_doubles('double_j', right, right_names)} "
    sides = []
    for relation, names, alias in ((left, left_names, "t"), (right, right_names, "j")):
        skips = " ".join(f"anti join {double} on {_meets('own', names, double)}" for double in ("double_t", "double_j"))
        position = ', row_number() over () - 1 as "mlgate:position"' if alias == "t" else ""
        numbered = f'(select *, true as "mlgate:present"{position} from {relation})'
        sides.append(f"(select own.* from {numbered} own {skips}) {alias}")
    meets = " and ".join(_equal(f"t.{quoted(one)}", f"j.{quoted(other)}", len(pairs)) for one, other in pairs)
    if len(pairs) > 1:
        meets += f" and {_some('t', left_names)} = {_some('j', right_names)}"
    return before, f"{sides[0]}{models} full join {sides[1]} on {meets}"


def _doubles(name: str, relation: str, names: Sequence[str]) -> str:
    keys = ", ".join(f"{quoted(one)} as k{index}" for index, one in enumerate(names))
    some = " or ".join(f"{quoted(one)} is not null" for one in names)
    return f"{name} as materialized (select {keys} from {relation} where {some} group by all having count(*) > 1)"


def _meets(alias: str, names: Sequence[str], double: str) -> str:
    return " and ".join(_equal(f"{alias}.{quoted(one)}", f"{double}.k{index}", len(names)) for index, one in enumerate(names))


def _equal(one: str, other: str, parts: int) -> str:
    return f"{one} = {other}" if parts == 1 else f"{one} is not distinct from {other}"


def _some(alias: str, names: Sequence[str]) -> str:
    return f"coalesce({', '.join(f'case when {alias}.{quoted(one)} is not null then 1 end' for one in names)})"


def paired(lens: Lens) -> Spelled:
    """Rows on both sides, only in the dataset, only in the joined one; keys that are double on either side."""
    parts = [f"countif({lens.within(condition)})" for condition in (BOTH, ONLY_LEFT, ONLY_RIGHT)]
    parts += ["(select count(*) from double_t)", "(select count(*) from double_j)"]
    return tuple(parts), lambda row: tuple(int(value or 0) for value in row)


def mismatches(request: Aggregate, lens: Lens) -> Spelled:
    """(rows compared, rows that differ by more than the tolerance, greatest difference in the tolerance's own unit)."""
    differ, gap = difference(request, lens)
    compared = lens.within(BOTH)
    worst = f"max(case when {compared} then {gap} end)" if gap is not None else "null"
    parts = (f"countif({compared})", f"countif({lens.within(f'{BOTH} and ({differ})')})", worst)
    return parts, lambda row: (int(row[0] or 0), int(row[1] or 0), None if row[2] is None else float(row[2]))


def difference(request: Aggregate, lens: Lens) -> tuple[str, str | None]:
    """(condition of a mismatch, size of the difference) of a column on a row that both sides have; no size where only "equal" makes sense.

    `abs` and `within` (seconds) bound |a - b|, `rel` bounds |a - b| / max(|a|, |b|), `ulp` |a - b| in units of the spacing of floats at
    max(|a|, |b|), as numpy's assert_array_almost_equal_nulp does. A null on one side is a mismatch; on both it is one where `nulls` says so.
    """
    name = str(request.of)
    word, amount, nulls = request.args
    left, right = lens.cell(name), lens.cell(f"{RIGHT}{name}")
    gap = _gap(str(word), left, right, name)
    differ = f"{left.sql} is distinct from {right.sql}"
    if word != "exact" and gap is not None:
        limit = float(str(amount or 0))
        differ = f"{differ} and ({left.sql} is null or {right.sql} is null or not coalesce({gap} <= '{limit!r}'::double, false))"
    if nulls == "mismatch":
        differ = f"({differ}) or ({left.sql} is null and {right.sql} is null)"
    return differ, gap


def _gap(word: str, left: Cell, right: Cell, name: str) -> str | None:
    """The difference of two values as SQL, None where only "equal" makes sense."""
    sorts = sorts_of(left, right)
    if len(sorts) > 1 and sorts != {"number", "boolean"}:
        raise MeasurementError(
            f"column {name!r} is of type {left.type} on one side and {right.type} on the other", fix="write the column with one type in both datasets"
        )
    if sorts in ({"moment"}, {"time"}) and word in ("within", "exact"):
        a, b = (cell.sql if cell.type == "time" else f"cast({cell.sql} as timestamp)" for cell in (left, right))
        return f"abs(epoch_us({a}) - epoch_us({b})) / 1e6"
    if sorts <= {"number"} and sorts and word != "within":
        return _number_gap(word, left, right)
    if word != "exact" and sorts:
        raise MeasurementError(
            f"tolerance {word!r} does not fit column {name!r} of type {left.type}", cause="configuration", fix="use `exact`, or `within` for times"
        )
    return None


def sorts_of(left: Cell, right: Cell) -> set[str]:
    """The sorts of two values that are to be compared: one where they can be."""
    return {_SORTS.get(str(cell.type), str(cell.type)) for cell in (left, right)} - {"null"}


def _number_gap(word: str, left: Cell, right: Cell) -> str:
    kind = "float" if word == "ulp" and "FLOAT" in (left.native, right.native) else "double"
    a, b = f"cast({left.sql} as {kind})", f"cast({right.sql} as {kind})"
    largest = f"greatest(abs({a}), abs({b}))"
    gap = f"abs({a} - {b})"
    if word == "rel":
        gap = f"{gap} / {largest}"
    if word == "ulp":
        gap = f"{gap} / (nextafter({largest}, 'inf'::{kind}) - {largest})"
    return f"case when {a} = {b} then 0 when isinf({largest}) then 'inf'::double when {a} is not null and {b} is not null then {gap} end"
