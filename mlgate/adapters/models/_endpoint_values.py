"""Values of a frame as JSON has them, and lists of JSON as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlgate.core.errors import MeasurementError


def plain_values(column: str, series: Any) -> list[Any]:
    """A column as numbers, booleans, text (times in ISO form) and None for null. Raises `MeasurementError` for what JSON cannot say."""
    import numpy as np

    kind = series.dtype.kind
    if kind in "biu":
        return list(series.tolist())
    if kind == "f":
        values = series.to_numpy(dtype=np.float64)
        if np.isinf(values).any():
            raise MeasurementError(f"column {column!r} holds infinity, which JSON cannot say", fix="leave it out of `features`, or clip it")
        return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124  NaN is a null
    return [_plain(column, value) for value in series]


def _plain(column: str, value: Any) -> Any:
    import datetime
    from decimal import Decimal

    if value is None or value != value:  # noqa: PLR0124  NaN and NaT are null
        return None
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (datetime.date, datetime.time)):  # datetimes and pandas' timestamps are dates
        return value.isoformat()
    raise MeasurementError(
        f"column {column!r} holds a {type(value).__name__}, which cannot be sent as JSON", cause="configuration", fix="leave it out of `features`"
    )


def array_of(values: Sequence[Any]) -> Any:
    """Numbers, booleans or text, or rows of equally many numbers; None for anything else. A null is left to who counts them."""
    import numpy as np

    kinds = {_kind(value) for value in values} - {"null"}
    if kinds == {"list"}:
        widths = {len(value) for value in values}
        inner = {_kind(one) for value in values for one in value}
        return np.array(values, dtype=np.float64) if len(widths) == 1 and inner <= {"integer", "float"} else None
    if len(kinds) > 1 and kinds != {"integer", "float"}:
        return None
    if "null" in {_kind(value) for value in values} or kinds == {"text"} or not kinds:
        return np.array([*values, None], dtype=object)[:-1]
    if kinds == {"integer"} and any(abs(value) >= 2**63 for value in values):
        return None
    return np.array(values) if kinds <= {"integer", "float", "boolean"} else None


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    for kind, types in (("boolean", bool), ("integer", int), ("float", float), ("text", str), ("list", list)):
        if isinstance(value, types):
            return kind
    return "other"
