"""Rows of plain Python values as a frame: pandas, polars, or a numpy array of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mlgate.core.errors import MeasurementError
from mlgate.strategies._described import Described, Table

Rows = list[list[Any]]
LIBRARIES = ("pandas", "polars", "numpy")


def builder(table: Table, library: str) -> Callable[[Rows], Any]:
    """A function from rows to a frame of a library. Raises `MeasurementError` for a library that is not known, or that cannot hold such columns."""
    if library not in LIBRARIES:
        what = f"library is {library!r}"
        raise MeasurementError(what, cause="configuration", fix=f"one of {', '.join(LIBRARIES)}")
    if library == "numpy":
        _refuse_words(table)
        return lambda rows: _array(rows, len(table.columns))
    _imported(library)
    if library == "polars":
        return lambda rows: _polars(table, rows)
    return lambda rows: _pandas(table, rows)


def _imported(library: str) -> None:
    import importlib

    try:
        importlib.import_module(library)
    except ImportError as error:
        raise MeasurementError(f"frames of {library} need {library}", cause="infrastructure", fix=f"pip install {library}") from error


def _refuse_words(table: Table) -> None:
    words = [str(column.name) for column in table.columns if column.type not in ("integer", "float", "decimal", "boolean")]
    if words:
        what = f"an array holds numbers, and {', '.join(words)} {'is none' if len(words) == 1 else 'are none'}"
        raise MeasurementError(what, cause="configuration", fix="leave these columns out, or ask for library='pandas'")


def _array(rows: Rows, width: int) -> Any:
    import numpy as np

    filled = [[np.nan if cell is None else float(cell) for cell in row] for row in rows]
    return np.array(filled, dtype=np.float64).reshape(len(rows), width)


def _columns(table: Table, rows: Rows) -> Sequence[list[Any]]:
    return [[row[place] for row in rows] for place in range(len(table.columns))]


def _pandas(table: Table, rows: Rows) -> Any:
    import pandas as pd

    made = {column.name: _series(column, cells) for column, cells in zip(table.columns, _columns(table, rows), strict=True)}
    frame = pd.DataFrame(made, index=pd.RangeIndex(len(rows)))
    return frame.set_index(list(table.index)) if table.index else frame


def _series(column: Described, cells: list[Any]) -> Any:
    import numpy as np
    import pandas as pd

    dtype = column.dtype if column.frame_library == "pandas" and column.dtype is not None else pandas_type(column)
    if str(dtype) == "category":
        return pd.Series(_category(dtype, cells))
    if column.zone is not None and column.type == "timestamp":
        moments = pd.Series(pd.to_datetime(cells, utc=True, format="ISO8601"), dtype="datetime64[us, UTC]")
        return moments.dt.tz_convert(column.zone).astype(dtype)
    if any(cell is None for cell in cells):
        kind = getattr(dtype, "kind", str(dtype)[:1])
        if not hasattr(dtype, "na_value") and kind in "iu":  # as pandas itself does with whole numbers and nulls
            return pd.Series([float("nan") if cell is None else float(cell) for cell in cells], dtype="float64")
        if not hasattr(dtype, "na_value") and kind == "b":
            dtype = np.dtype("object")
        if getattr(dtype, "kind", "O") == "O":
            cells = [column.null if cell is None else cell for cell in cells]
    return pd.Series(cells, dtype=dtype)


def _category(dtype: Any, cells: list[Any]) -> Any:
    """A value that is no category yet becomes one."""
    import pandas as pd

    known = list(dtype.categories) if getattr(dtype, "categories", None) is not None else []
    further = [cell for cell in dict.fromkeys(cells) if cell is not None and cell not in known]
    return pd.Categorical(cells, categories=pd.Index([*known, *further]), ordered=bool(dtype.ordered))


def pandas_type(column: Described) -> Any:
    """The type that pandas gives such values by itself."""
    import numpy as np
    import pandas as pd

    if column.type == "string":
        return pd.Series(["a"]).dtype
    if column.type == "timestamp" and column.zone is not None:
        return pd.DatetimeTZDtype("us", column.zone)
    names = {"integer": "int64", "float": "float64", "boolean": "bool", "date": "datetime64[us]", "timestamp": "datetime64[us]"}
    return np.dtype({**names, "duration": "timedelta64[us]"}.get(column.type, "object"))


def _polars(table: Table, rows: Rows) -> Any:
    import polars as pl

    return pl.DataFrame([_polars_series(column, cells) for column, cells in zip(table.columns, _columns(table, rows), strict=True)])


def _polars_series(column: Described, cells: list[Any]) -> Any:
    import polars as pl

    dtype = column.dtype if column.frame_library == "polars" and column.dtype is not None else polars_type(column)
    if isinstance(dtype, pl.Enum):
        known = dtype.categories.to_list()
        dtype = pl.Enum([*known, *dict.fromkeys(cell for cell in cells if cell is not None and cell not in known)])
    plain = [cell.to_pydatetime(warn=False) if hasattr(cell, "to_pydatetime") else cell for cell in cells] if column.type == "timestamp" else cells
    if column.zone is not None and isinstance(dtype, pl.Datetime):
        return pl.Series(str(column.name), plain, dtype=pl.Datetime("us", "UTC")).dt.convert_time_zone(column.zone).cast(dtype)
    return pl.Series(str(column.name), plain, dtype=dtype)


def polars_type(column: Described) -> Any:
    """The type that such values have in polars."""
    import polars as pl

    if column.type == "integer" and column.frame_library == "pandas" and column.dtype is not None:
        return getattr(pl, str(column.dtype).lower().replace("uint", "UInt").replace("int", "Int").split("[")[0], pl.Int64)
    kinds: dict[str, Any] = {
        "integer": pl.Int64,
        "float": pl.Float64,
        "boolean": pl.Boolean,
        "string": pl.String,
        "date": pl.Date,
        "timestamp": pl.Datetime("us", column.zone),
        "time": pl.Time,
        "duration": pl.Duration("us"),
        "decimal": pl.Decimal(38, column.scale),
        "binary": pl.Binary,
        "null": pl.Null,
    }
    return kinds.get(column.type)
