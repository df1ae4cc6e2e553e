"""Whether two outputs are the same, up to the rounding that the same arithmetic shows in batches of another size.

Sums of many numbers are added in pairs or in blocks, matrix products go to another kernel for one row: the last bits differ. Two floats are
the same where they differ by no more than REL of the larger one, or by ULPS units in the last place of the largest number that went into
their row: what is subtracted from it cannot be known more closely. Floats of 32 bits have REL_32 instead. Everything else is compared exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.checks.skew._laws._table import Table, is_null, nulls

REL = 1e-9
REL_32 = 1e-5
ULPS = 64


@dataclass(frozen=True)
class Difference:
    """The first difference: in words without values, and the two values of a column in a row where it is one of values."""

    why: str
    place: int | None = None
    column: str = ""
    one: str = ""
    other: str = ""


def difference(one: Table, other: Table, *, rel: float = REL) -> Difference | None:
    """The first difference between two outputs that should be the same, None where there is none."""
    if one.rows != other.rows:
        return Difference(f"{one.rows} rows become {other.rows}")
    if one.columns != other.columns:
        gone = [name for name in one.columns if name not in other.columns]
        return Difference(f"{', '.join(gone[:5]) or 'other'} is not among the columns" if gone else "there are further columns")
    scale = np.fmax(_scale(one), _scale(other))
    for name, left, right in zip(one.columns, one.values, other.values, strict=True):
        places = np.flatnonzero(_differ(left, right, scale, rel))
        if len(places):
            place = int(places[0])
            return Difference(f"{name} differs", place, name, shown(left[place]), shown(right[place]))
    return None


def shown(value: Any) -> str:
    """A value as a report writes it."""
    if is_null(value):
        return "null"
    return repr(value.item() if isinstance(value, np.generic) and value.dtype.kind not in "mM" else value) if not _is_time(value) else str(value)


def _is_time(value: Any) -> bool:
    return hasattr(value, "isoformat") or (isinstance(value, np.generic) and value.dtype.kind in "mM")


def _scale(table: Table) -> NDArray[np.float64]:
    return table.scale if len(table.scale) == table.rows else np.full(table.rows, table.scale.max(initial=0.0))


def _differ(left: NDArray[Any], right: NDArray[Any], scale: NDArray[np.float64], rel: float) -> NDArray[np.bool_]:
    kinds = left.dtype.kind + right.dtype.kind
    if all(kind in "biufc" for kind in kinds):
        return _numbers_differ(left, right, scale, rel)
    if left.dtype == right.dtype and left.dtype.kind in "mM":
        return np.asarray(~((left == right) | (np.isnat(left) & np.isnat(right))))
    pairs = zip(left.tolist() if left.dtype != object else left, right.tolist() if right.dtype != object else right, scale, strict=True)
    return np.array([not _same(a, b, size, rel) for a, b, size in pairs], dtype=bool)


def _numbers_differ(left: NDArray[Any], right: NDArray[Any], scale: NDArray[np.float64], rel: float) -> NDArray[np.bool_]:
    if left.dtype.kind in "biu" and right.dtype.kind in "biu":
        return np.asarray(left != right)
    short = min(np.finfo(one.dtype).bits for one in (left, right) if one.dtype.kind in "fc") < 64
    rel, eps = (max(rel, REL_32), float(np.finfo(np.float32).eps)) if short else (rel, float(np.finfo(np.float64).eps))
    with np.errstate(all="ignore"):
        size = np.fmax(np.abs(left), np.abs(right))
        near = np.abs(left - right) <= rel * size + ULPS * eps * scale
    return np.asarray(~((left == right) | (nulls(left) & nulls(right)) | (near & np.isfinite(size))))


def _same(one: Any, other: Any, scale: float, rel: float) -> bool:
    if is_null(one) or is_null(other):
        return is_null(one) and is_null(other)
    if isinstance(one, float) or isinstance(other, float):
        try:
            pair = np.array([one], dtype=np.float64), np.array([other], dtype=np.float64)
        except (TypeError, ValueError):
            return False
        return not _numbers_differ(*pair, np.array([scale]), rel)[0]
    try:
        return bool(one == other)
    except (TypeError, ValueError):  # arrays in cells
        return np.array_equal(one, other)
