"""What a transformation returned, as plain columns, whatever it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class Unusable(Exception):  # noqa: N818  the message is the whole of it
    """What was returned is no rows; the message says what it is."""


@dataclass(frozen=True)
class Output:
    """Columns of `rows` values as numpy arrays: numbers (NaN for null), naive times in UTC, else objects with None for null.

    `named` is False where columns are known by their place only; `sorts` are words for what each holds.
    """

    names: tuple[str, ...]
    values: tuple[Any, ...]
    sorts: tuple[str, ...]
    rows: int
    named: bool = True


def as_output(returned: Any, *, one_row: bool = False) -> Output:
    """Raises `Unusable`. `one_row`: a mapping, a list or a number is one row of features."""
    import pandas as pd

    library = type(returned).__module__.split(".")[0]
    if library == "polars":
        return _of_polars(returned)
    if isinstance(returned, pd.Series):
        if one_row:
            returned = pd.DataFrame([returned.to_dict()])
        else:
            return _of_pandas(returned.to_frame("value" if returned.name is None else returned.name), named=True)
    if isinstance(returned, pd.DataFrame):
        return _of_pandas(returned, named=True)
    if isinstance(returned, Mapping):
        return _of_pandas(_made(lambda: pd.DataFrame([dict(returned)] if one_row else dict(returned)), returned), named=True)
    if hasattr(returned, "toarray"):
        returned = returned.toarray()
    if isinstance(returned, (list, tuple)) and returned and isinstance(returned[0], Mapping):
        return _of_pandas(_made(lambda: pd.DataFrame(list(returned)), returned), named=True)
    return _of_array(returned, one_row=one_row)


def _of_array(returned: Any, *, one_row: bool) -> Output:
    import numpy as np
    import pandas as pd

    if returned is None or isinstance(returned, (str, bytes)) or not (hasattr(returned, "__len__") or (one_row and np.isscalar(returned))):
        raise Unusable(f"returned {_called(returned)}, no rows")
    if getattr(getattr(returned, "dtype", None), "names", None):
        return _of_pandas(pd.DataFrame(returned), named=True)
    try:
        array = np.asarray(returned)
    except ValueError:
        raise Unusable("returned a list whose rows are of different lengths") from None
    if one_row and array.ndim < 2:
        array = array.reshape(1, -1)
    if array.ndim not in (1, 2):
        raise Unusable(f"returned an array of {array.ndim} dimensions, expected rows and columns")
    flat = array.reshape(len(array), -1) if array.size or array.ndim == 1 else array
    return _of_pandas(pd.DataFrame(flat), named=False)


def _made(make: Any, returned: Any) -> Any:
    try:
        return make()
    except (ValueError, TypeError):
        raise Unusable(f"returned a {type(returned).__name__} that is no table: its columns are of different lengths, or no lists") from None


def _called(returned: Any) -> str:
    return "None" if returned is None else f"a {type(returned).__module__}.{type(returned).__qualname__}".replace("builtins.", "")


def _of_pandas(frame: Any, *, named: bool) -> Output:
    columns = [_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    names = tuple(str(name) for name in frame.columns) if named else tuple(f"column {place + 1}" for place in range(frame.shape[1]))
    return Output(names, tuple(values for values, _ in columns), tuple(sort for _, sort in columns), len(frame), named)


def _column(series: Any) -> tuple[Any, str]:
    """The values and a word for their sort."""
    import numpy as np

    kind = getattr(series.dtype, "kind", "O")
    if str(series.dtype) == "category":
        return _column(series.astype(object))
    if kind in "iufb" and isinstance(series.dtype, np.dtype):
        return series.to_numpy(), "booleans" if kind == "b" else "numbers"
    if kind in "iuf":
        return (series.to_numpy() if not series.isna().any() and kind != "f" else series.to_numpy(dtype=np.float64, na_value=np.nan)), "numbers"
    if kind == "M" and hasattr(series, "dt"):
        zoned = getattr(series.dtype, "tz", None) is not None
        plain = series.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else series
        return plain.to_numpy(), "times with a zone" if zoned else "times"
    if kind == "m":
        return series.to_numpy(), "durations"
    return _objects(series.astype(object).tolist(), series.isna().tolist())


def _objects(cells: Sequence[Any], missing: Sequence[bool]) -> tuple[Any, str]:
    import numpy as np

    values = np.empty(len(cells), dtype=object)
    values[:] = [None if isinstance(null, bool) and null else cell for cell, null in zip(cells, missing, strict=True)]
    held = {_sort(cell) for cell in values if cell is not None}
    if held == {"numbers"} and not any(type(cell).__name__ == "Decimal" for cell in values if cell is not None):
        return np.array([np.nan if cell is None else float(cell) for cell in values]), "numbers"
    return values, held.pop() if len(held) == 1 else "nulls" if not held else "values of several types"


def _sort(cell: Any) -> str:
    import numbers

    if isinstance(cell, (bool,)) or type(cell).__name__ == "bool_":
        return "booleans"
    if isinstance(cell, (numbers.Number,)):
        return "numbers"
    return "text" if isinstance(cell, str) else f"values of type {type(cell).__name__}"


def _of_polars(returned: Any) -> Output:
    import polars as pl

    if isinstance(returned, pl.LazyFrame):
        returned = returned.collect()
    if isinstance(returned, pl.Series):
        returned = returned.to_frame(returned.name or "value")
    if not isinstance(returned, pl.DataFrame):
        raise Unusable(f"returned {_called(returned)}, no rows")
    columns = [_polars_column(returned.get_column(name)) for name in returned.columns]
    return Output(tuple(returned.columns), tuple(values for values, _ in columns), tuple(sort for _, sort in columns), len(returned))


def _polars_column(series: Any) -> tuple[Any, str]:
    import numpy as np
    import polars as pl

    dtype = series.dtype
    if dtype.is_integer() and not series.null_count():
        return series.to_numpy(), "numbers"
    if dtype.is_numeric() and not dtype.is_decimal():
        kind = np.float32 if dtype == pl.Float32 else np.float64
        return np.array([np.nan if cell is None else cell for cell in series.to_list()], dtype=kind), "numbers"
    if dtype == pl.Boolean and not series.null_count():
        return np.array(series.to_list(), dtype=bool), "booleans"
    if isinstance(dtype, pl.Datetime):
        plain = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if dtype.time_zone else series
        moments = np.array(plain.dt.timestamp("us").fill_null(-(2**63)).to_list(), dtype="int64").view("datetime64[us]")
        return moments, "times with a zone" if dtype.time_zone else "times"
    if isinstance(dtype, pl.Duration):
        return np.array(series.dt.total_microseconds().fill_null(-(2**63)).to_list(), dtype="int64").view("timedelta64[us]"), "durations"
    cells = series.to_list()
    return _objects(cells, [cell is None for cell in cells])
