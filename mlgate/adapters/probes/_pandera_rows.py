"""Rows for pandera, in the types they are stored with rather than in those that a pandas frame brings them in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_INTEGERS = {
    "TINYINT": "Int8",
    "SMALLINT": "Int16",
    "INTEGER": "Int32",
    "BIGINT": "Int64",
    "UTINYINT": "UInt8",
    "USMALLINT": "UInt16",
    "UINTEGER": "UInt32",
    "UBIGINT": "UInt64",
}


def as_pandas(frame: Any, stored: Mapping[str, str], wanted: Mapping[str, Any]) -> Any:
    """The frame with columns in the schema's type where only the way here has changed the stored one.

    Integers with nulls and booleans with nulls become nullable where the schema's type is; text takes the schema's text type, times its unit.
    """
    changed = {name: _in_pandas(frame[name], stored[name], wanted[name]) for name in frame.columns if wanted.get(name) is not None}
    return frame.assign(**changed)


def _in_pandas(values: Any, stored: str, wanted: Any) -> Any:
    from pandera import dtypes

    kind = str(wanted)
    if stored in _INTEGERS and kind in _INTEGERS.values() and values.dtype.kind in "iuf":
        return values.astype(_INTEGERS[stored])
    if stored == "BOOLEAN" and kind == "boolean":
        return values.astype("boolean")
    if stored == "VARCHAR" and dtypes.is_string(wanted):
        return values.astype(wanted.type)
    if stored == "DATE" and type(wanted).__name__ == "Date":
        return values.dt.date
    if stored.startswith("TIMESTAMP") and (unit := re.match(r"datetime64\[(s|ms|us|ns)\b", kind)):
        return values.dt.as_unit(unit[1])
    return values


def as_polars(frame: Any, stored: Mapping[str, str]) -> Any:
    """A polars frame: integers with nulls, dates and decimals as stored, no NaN from pandas."""
    import polars as pl

    found = pl.from_pandas(frame, nan_to_null=True)
    types = {name: kind for name in found.columns if (kind := _in_polars(stored[name])) is not None}
    return found.with_columns(pl.col(name).cast(kind) for name, kind in types.items())


def _in_polars(stored: str) -> Any:
    import polars as pl

    if stored in _INTEGERS:
        return getattr(pl, _INTEGERS[stored])
    if stored == "DATE":
        return pl.Date
    if decimal := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", stored):
        return pl.Decimal(int(decimal[1]), int(decimal[2]))
    return None


def coerced(frame: Any, wanted: Mapping[str, Any]) -> Any:
    """Each column coerced by itself, so that one that cannot be leaves the others their type: pandera coerces all of a polars frame or none."""
    from pandera.api.polars.types import PolarsData
    from pandera.errors import ParserError

    rows = frame
    for name, kind in wanted.items():
        with suppress(ParserError):  # left for pandera to report
            rows = kind.try_coerce(PolarsData(rows.lazy(), name)).collect()
    return rows
