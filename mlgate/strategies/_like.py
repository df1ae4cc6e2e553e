"""Real rows as a description: what each column holds, and some of the rows, the most telling ones first found and the simplest first tried."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mlgate.core.errors import MeasurementError
from mlgate.core.table_schema import TypeName
from mlgate.strategies._described import Described, Table

SPREAD = 60  # rows taken at even distances
_LEVELS = 50  # more different texts than that are taken for free text
_KEPT_LEVELS = 12  # of free text, and rows kept for the sake of one level
_ORDERED = ("integer", "float", "decimal", "date", "timestamp", "duration")
_KINDS: Sequence[tuple[type, TypeName]] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "float"),
    (Decimal, "decimal"),
    (str, "string"),
    (datetime.datetime, "timestamp"),
    (datetime.date, "date"),
    (datetime.time, "time"),
    (datetime.timedelta, "duration"),
    (bytes, "binary"),
    (list, "list"),
    (dict, "struct"),
)


def of_rows(like: Any) -> Table:
    """A frame of pandas or polars, or what mlgate's sources read: a path, an Arrow table, a lazy frame, a `Dataset`. Raises `MeasurementError`."""
    library = type(like).__module__.split(".")[0]
    if type(like).__name__ == "DataFrame" and library == "pandas":
        return of_pandas(like)
    if type(like).__name__ == "DataFrame" and library == "polars":
        return of_polars(like)
    from mlgate.strategies._reading import of_dataset

    return of_dataset(like)


def of_pandas(frame: Any) -> Table:
    """The columns and rows of a pandas frame; its index is left aside."""
    names = list(frame.columns)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise MeasurementError(f"the frame has two columns named {twice!r}", fix="name each column once")
    series = [frame.iloc[:, place] for place in range(len(names))]
    columns = [_of_pandas(name, one) for name, one in zip(names, series, strict=True)]
    places = _telling(len(frame), [list(_extremes(one, column)) for one, column in zip(series, columns, strict=True)])
    cells = [_cells(one.iloc[places]) for one in series]
    return Table(tuple(columns), _simplest_first(zip(*cells, strict=True)))


def _of_pandas(name: Any, series: Any) -> Described:
    held = series[series.notna()]
    kind, zone = _type_of(series.dtype, held), getattr(series.dtype, "tz", None)
    nulls = len(held) < len(series)
    null = series[series.isna()].iloc[0] if nulls and series.dtype == object else None
    found = Described(name, kind, nulls=nulls, dtype=series.dtype, frame_library="pandas", zone=None if zone is None else str(zone), null=null)
    if kind in _ORDERED and len(held):
        finite = held[abs(held) < math.inf] if kind == "float" else held
        around = (_plain(finite.min()), _plain(finite.max())) if len(finite) else None
        infinite = () if len(finite) == len(held) else (math.inf, -math.inf)
        return replace(found, around=around, seen=infinite, scale=_scale(held) if kind == "decimal" else 2)
    return replace(found, seen=_seen(_cells(held)))


def of_polars(frame: Any) -> Table:
    """The columns and rows of a polars frame."""
    columns = [_of_polars(frame.get_column(name)) for name in frame.columns]
    places = _telling(len(frame), [list(_polars_extremes(frame.get_column(one.name), one)) for one in columns])
    rows = frame[places].rows() if places else []
    return Table(tuple(columns), _simplest_first(rows), frame_library="polars")


def _of_polars(series: Any) -> Described:
    import polars as pl

    dtype, held = series.dtype, series.drop_nulls()
    words: Sequence[tuple[Callable[[], bool], TypeName]] = (
        (dtype.is_integer, "integer"),
        (dtype.is_float, "float"),
        (dtype.is_decimal, "decimal"),
        (dtype.is_nested, "list"),
    )
    named: dict[Any, TypeName] = {
        pl.Boolean: "boolean",
        pl.String: "string",
        pl.Categorical: "string",
        pl.Enum: "string",
        pl.Date: "date",
        pl.Datetime: "timestamp",
        pl.Time: "time",
        pl.Duration: "duration",
        pl.Binary: "binary",
        pl.Null: "null",
    }
    kind = next((word for asked, word in words if asked()), named.get(dtype.base_type(), "other"))
    zone = getattr(dtype, "time_zone", None) if kind == "timestamp" else None
    found = Described(series.name, kind, nulls=len(held) < len(series), dtype=dtype, frame_library="polars", zone=zone)
    if kind in _ORDERED and len(held):
        finite = held.filter(held.is_finite()) if kind == "float" else held
        around = (finite.min(), finite.max()) if len(finite) else None
        infinite = () if len(finite) == len(held) else (math.inf, -math.inf, math.nan)
        return replace(found, around=around, seen=infinite, scale=dtype.scale if kind == "decimal" else 2)
    return replace(found, seen=_seen(held.unique(maintain_order=True).to_list() if kind != "list" else held.head(SPREAD).to_list()))


def _type_of(dtype: Any, held: Any) -> TypeName:
    kinds: dict[str, TypeName] = {"i": "integer", "u": "integer", "f": "float", "b": "boolean", "M": "timestamp", "m": "duration"}
    kind = getattr(dtype, "kind", "O")
    if kind in kinds and str(dtype) != "category":
        return kinds[kind]
    if not len(held):
        return "string" if str(dtype).startswith(("str", "category")) else "null"
    if not _hashes(held):
        return "list"
    found: set[TypeName] = {next((word for one, word in _KINDS if isinstance(cell, one)), "other") for cell in held.unique().tolist()}
    return found.pop() if len(found) == 1 else "float" if found == {"integer", "float"} else "other"


def _hashes(held: Any) -> bool:
    return not isinstance(held.iloc[0], (list, dict)) and type(held.iloc[0]).__hash__ is not None


def _seen(cells: Sequence[Any]) -> tuple[Any, ...]:
    """All levels of few, some values of many; short ones first."""
    try:
        distinct = list(dict.fromkeys(cells))
    except TypeError:  # lists and structs
        distinct = list(cells)
    if len(distinct) > _LEVELS:
        distinct = [distinct[place] for place in _even(len(distinct), _KEPT_LEVELS)]
    return tuple(sorted(distinct, key=lambda cell: (len(str(cell)), str(cell))))


def _telling(count: int, wanted: Sequence[Sequence[int]]) -> list[int]:
    """Positions of rows: at even distances, and of each column those asked for."""
    return sorted({*_even(count, SPREAD), *(place for places in wanted for place in places)})


def _even(count: int, wanted: int) -> list[int]:
    return list(range(count)) if count <= wanted else [place * count // wanted for place in range(wanted)]


def _extremes(series: Any, column: Described) -> Iterator[int]:
    """Where the smallest, the greatest and the first missing value stand, and the first of each level."""
    import numpy as np

    missing = series.isna().to_numpy()
    if missing.any():
        yield int(missing.argmax())
    if missing.all():
        return
    places = np.flatnonzero(~missing)
    held = series.iloc[places].reset_index(drop=True)
    if column.around is not None and column.type != "decimal":
        yield from (int(places[held.argmin()]), int(places[held.argmax()]))
    elif column.type in ("string", "boolean"):
        first = held.drop_duplicates().head(_KEPT_LEVELS).index
        yield from (int(places[place]) for place in first)


def _polars_extremes(series: Any, column: Described) -> Iterator[int]:
    missing = series.is_null().arg_true()
    if len(missing):
        yield int(missing[0])
    if column.around is not None and column.type != "decimal":
        yield from (int(place) for place in (series.arg_min(), series.arg_max()) if place is not None)
    elif column.type in ("string", "boolean"):
        yield from series.arg_unique().head(_KEPT_LEVELS).to_list()


def _cells(series: Any) -> list[Any]:
    """Plain Python values, None for every sort of null."""
    missing = series.isna().tolist()
    return [None if null else _plain(cell) for cell, null in zip(series.tolist(), missing, strict=True)]


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist") and not hasattr(value, "to_pydatetime"):  # a number of numpy, or an array as a list
        return value.tolist()
    return value


def _scale(held: Any) -> int:
    exponents = [cell.as_tuple().exponent for cell in held]
    return max(0, *(-one for one in exponents if isinstance(one, int)), 0)


def _simplest_first(rows: Any) -> tuple[tuple[Any, ...], ...]:
    """Rows with few nulls and short values come first, because failures shrink towards them."""

    def simplicity(row: tuple[Any, ...]) -> tuple[int, int]:
        return sum(cell is None for cell in row), sum(len(str(cell)) for cell in row)

    distinct = {repr(row): tuple(row) for row in rows}
    return tuple(sorted(distinct.values(), key=simplicity))
