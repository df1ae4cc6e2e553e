"""What a callable returned, as a `Table`: frames and series of pandas and polars, arrays, sparse matrices, mappings of columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.checks.skew._laws._table import Kind, Table, nulls

MOST_CELLS = 50_000_000  # of a sparse matrix written out
_OF_NUMPY: dict[str, Kind] = {"b": "boolean", "m": "duration", "M": "time", "U": "text", "S": "text"}
_SORTS: dict[type, Kind] = {bool: "boolean", int: "number", float: "number", str: "text"}


class Strange(Exception):  # noqa: N818
    """The callable returned what is no output."""


def table_of(returned: Any, scale: NDArray[np.float64]) -> Table:
    """The output as columns. Raises `Strange` for what has none."""
    library = type(returned).__module__.split(".")[0]
    if library == "polars":
        return _of_polars(returned, scale)
    if library == "pandas" and hasattr(returned, "columns"):
        return _of_pandas(returned, scale, "frame")
    if library == "pandas" and hasattr(returned, "to_frame"):
        name = "0" if returned.name is None else returned.name
        return _of_pandas(returned.to_frame(name), scale, "series")
    if library == "scipy" and hasattr(returned, "toarray"):
        if np.prod(returned.shape) > MOST_CELLS:
            raise Strange(f"a sparse matrix of {returned.shape[0]} x {returned.shape[1]} is too large to compare")
        return _of_array(returned.toarray(), scale)
    if isinstance(returned, Mapping):
        return _of_mapping(returned, scale)
    if isinstance(returned, (np.ndarray, list)):
        array = np.asarray(returned)
        return _of_array(np.asarray(returned, dtype=object) if array.dtype.kind in "US" else array, scale)  # None and NaN would become text
    raise Strange(f"it returned {'nothing' if returned is None else f'a {type(returned).__name__}'} instead of a frame, a series or an array")


def _of_mapping(returned: Mapping[Any, Any], scale: NDArray[np.float64]) -> Table:
    columns = {str(name): np.atleast_1d(np.asarray(values)) for name, values in returned.items()}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise Strange("it returned columns of different lengths")
    return _table("frame", columns, max(lengths, default=0), scale)


def _of_array(array: NDArray[Any], scale: NDArray[np.float64]) -> Table:
    if array.ndim == 0 or array.ndim > 2:
        raise Strange(f"it returned an array of {array.ndim} dimensions instead of one or two")
    if array.dtype.names:
        return _table("frame", {name: array[name] for name in array.dtype.names}, len(array), scale)
    if array.ndim == 1:
        return _table("series", {"0": array}, len(array), scale)
    return _table("array", {str(place): array[:, place] for place in range(array.shape[1])}, len(array), scale)


def _of_pandas(frame: Any, scale: NDArray[np.float64], form: Any) -> Table:
    columns, levels = {}, []
    for place, name in enumerate(frame.columns):
        series = frame.iloc[:, place]
        key = str(name) if str(name) not in columns else f"{name} ({place})"
        columns[key], own = _of_series(series)
        levels.append(own)
    index = tuple(frame.index.tolist())
    return _table(form, columns, len(frame), scale, levels=tuple(levels), index=index)


def _of_series(series: Any) -> tuple[NDArray[Any], tuple[Any, ...] | None]:
    kind = series.dtype
    if str(kind) == "category":
        return _objects(series.astype(object)), tuple(kind.categories.tolist())
    if str(kind).startswith("Sparse"):
        return np.asarray(series), None
    if isinstance(kind, np.dtype) and kind.kind != "O":
        return series.to_numpy(), None
    if getattr(kind, "kind", "O") in "iuf" and not series.isna().any():
        return series.to_numpy(dtype=kind.numpy_dtype if hasattr(kind, "numpy_dtype") else np.float64), None
    if getattr(kind, "kind", "O") in "iuf":
        return series.to_numpy(dtype=np.float64, na_value=np.nan), None
    return _objects(series), None


def _objects(series: Any) -> NDArray[Any]:
    made = np.empty(len(series), dtype=object)
    for place, (value, missing) in enumerate(zip(series.tolist(), series.isna().tolist(), strict=True)):
        made[place] = None if missing else value
    return made


def _of_polars(returned: Any, scale: NDArray[np.float64]) -> Table:
    import polars as pl

    if isinstance(returned, pl.LazyFrame):
        returned = returned.collect()
    if isinstance(returned, pl.Series):
        return _table("series", {returned.name or "0": _of_polars_series(returned)[0]}, len(returned), scale)
    if not isinstance(returned, pl.DataFrame):
        raise Strange(f"it returned a polars.{type(returned).__name__} instead of a frame or a series")
    found = {name: _of_polars_series(returned.get_column(name)) for name in returned.columns}
    levels = tuple(own for _, own in found.values())
    return _table("frame", {name: values for name, (values, _) in found.items()}, returned.height, scale, levels=levels)


def _of_polars_series(series: Any) -> tuple[NDArray[Any], tuple[Any, ...] | None]:
    import polars as pl

    levels = tuple(series.dtype.categories.to_list()) if isinstance(series.dtype, pl.Enum) else None
    if series.dtype.is_numeric() and not series.dtype.is_decimal():
        return (series.to_numpy() if not series.null_count() else series.cast(pl.Float64).to_numpy()), levels
    made = np.empty(len(series), dtype=object)
    made[:] = series.to_list()
    if series.dtype == pl.Categorical:
        levels = ()  # the numbers behind them belong to polars, not to the batch
    return made, levels


def _table(
    form: Any,
    columns: Mapping[str, NDArray[Any]],
    rows: int,
    scale: NDArray[np.float64],
    *,
    levels: tuple[tuple[Any, ...] | None, ...] | None = None,
    index: tuple[Any, ...] | None = None,
) -> Table:
    levels = levels or (None,) * len(columns)
    kinds = tuple(_kind(values, own) for values, own in zip(columns.values(), levels, strict=True))
    return Table(form, tuple(columns), kinds, tuple(columns.values()), rows, scale, levels, index)


def _kind(values: NDArray[Any], levels: tuple[Any, ...] | None) -> Kind:
    if levels is not None:
        return "category"
    if values.dtype.kind in "iufc":
        return "number"
    if values.dtype.kind in _OF_NUMPY:
        return _OF_NUMPY[values.dtype.kind]
    held = {_sort(value) for value in values[~nulls(values)]}
    if len(held) > 1:
        return "mixed"
    return held.pop() if held else "null"


def _sort(value: Any) -> Kind:
    for sort, kind in _SORTS.items():
        if isinstance(value, sort):
            return kind
    if isinstance(value, np.generic):
        return _kind(np.array([value]), None)
    if hasattr(value, "total_seconds"):
        return "duration"
    return "time" if hasattr(value, "isoformat") else "other"
