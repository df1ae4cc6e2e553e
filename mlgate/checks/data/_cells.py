"""Values of a gate file against the values of a column: whether they can be compared, and as what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from mlgate.checks._moments import moment
from mlgate.core.bound import CellBound, CellLiteral
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import text_literal
from mlgate.core.table_schema import NUMERIC, TypeName

Cells = Annotated[tuple[CellLiteral | None, ...], Field(min_length=1)]
"""A list of values; null may stand in it and says nothing, because nulls are the business of `null_share`."""
_MOMENTS = frozenset({"date", "timestamp"})
_ORDERED = NUMERIC | _MOMENTS | {"string", "time"}


def distinct_cells(cells: Sequence[CellLiteral | None]) -> tuple[CellLiteral, ...]:
    """The values without nulls and repetitions, in order."""
    seen = {(isinstance(cell, bool), cell): cell for cell in cells if cell is not None}
    return tuple(seen.values())


def misfit(kind: TypeName | None, cells: Iterable[Any], column: str, *, key: str) -> MeasurementError | None:
    """Why values of a gate file cannot be compared with a column of this type; None where they can (or the type is known only later)."""
    for cell in cells:
        if cell is None or kind is None or kind == "null" or _fits(kind, cell):
            continue
        return MeasurementError(
            f"{key} of column {column!r}: {cell!r} cannot be compared with a column of type {kind}",
            cause="configuration",
            fix=_hint(kind, cell),
        )
    return None


def crossed(kind: TypeName | None, bound: CellBound, column: str, *, key: str) -> MeasurementError | None:
    """Why a range of times holds none: as text its ends stand in order, as moments (zones, other spellings) they do not."""
    low, high = bound.limits
    if kind not in _MOMENTS or low is None or high is None or moment(low) <= moment(high):
        return None
    what = f"{key} of column {column!r}: {low!r} is later than {high!r}, so that no time lies between"
    return MeasurementError(what, cause="configuration", fix="swap the ends, and give both the same zone")


def unordered(kind: TypeName | None, column: str, *, key: str) -> MeasurementError | None:
    """Why a column has no order (a struct, a list, a boolean); None where it has one."""
    if kind is None or kind == "null" or kind in _ORDERED:
        return None
    return MeasurementError(f"{key} of column {column!r}: a column of type {kind} has no order", cause="configuration", fix=f"remove {key}")


def not_a(wanted: frozenset[str], kind: TypeName | None, column: str, *, key: str, noun: str) -> MeasurementError | None:
    """Why `key`, which is defined for some types only, does not fit a column; None where it does."""
    if kind is None or kind == "null" or kind in wanted:
        return None
    return MeasurementError(f"{key} of column {column!r} needs {noun}, the column is of type {kind}", cause="configuration", fix=f"remove {key}")


def comparable(kind: TypeName | None, value: Any, *, exactly: bool = False) -> Any:
    """A value in the form in which values of a column of this type are compared: points in time as naive UTC datetimes.

    `exactly` makes a number of a gate file the decimal that is written there, as which it is compared with decimals.
    """
    if exactly and isinstance(value, (int, float)):
        return Decimal(str(value))
    if value is None or kind not in _MOMENTS:
        return value.isoformat() if hasattr(value, "isoformat") and kind == "time" else value
    return moment(value)


def sql_literal(cell: CellLiteral, kind: TypeName | None) -> str:
    """A value as an SQL literal of the column's type."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, str) and kind in _MOMENTS:
        return f"CAST({text_literal(moment(cell).isoformat(sep=' '))} AS TIMESTAMP)"  # in UTC: an offset would be dropped by the cast
    if isinstance(cell, str):
        cast_to = {"time": "TIME"}.get(kind or "")
        return f"CAST({text_literal(cell)} AS {cast_to})" if cast_to else text_literal(cell)
    if isinstance(cell, float) and cell in (float("inf"), float("-inf")):
        return f"CAST('{cell}' AS DOUBLE)"
    return repr(cell)


def _fits(kind: TypeName, cell: Any) -> bool:
    if kind == "boolean":
        return isinstance(cell, bool)
    if kind in NUMERIC:
        return isinstance(cell, (int, float)) and not isinstance(cell, bool)
    if kind in _MOMENTS:
        return isinstance(cell, str) and _is_moment(cell)
    return kind in ("string", "time") and isinstance(cell, str)


def _is_moment(text: str) -> bool:
    try:
        moment(text)
    except ValueError:
        return False
    return True


def _hint(kind: TypeName, cell: Any) -> str:
    if kind == "string":
        return f"write '{cell}' in quotes"
    if kind in _MOMENTS:
        return "write ISO text, such as 2013-07-31 or 2013-07-31T12:00:00"
    if kind in NUMERIC and isinstance(cell, str):
        return "write a number without quotes, or have the column read as text"
    return f"write a value of type {kind}"
