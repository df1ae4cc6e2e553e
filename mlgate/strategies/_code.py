"""A frame as the Python that makes it again."""

from __future__ import annotations

import datetime
import math
from typing import Any

from mlgate.core.errors import MeasurementError


def as_code(frame: Any) -> str:
    """A pandas or polars frame, or a numpy array, as an expression that builds it, types included: for `@example(...)` and for issues.

    The expression uses the names `pd`, `pl`, `np`, `datetime` and `Decimal`, as their documentation imports them. Categories, zones, nulls are kept.

    Units: one line of text.

    Example:
        print(f"@example({as_code(frame)})")

    Not for: large frames; every cell is written out. Raises `MeasurementError` for what is no frame.
    """
    library = type(frame).__module__.split(".")[0]
    if library == "pandas" and type(frame).__name__ == "DataFrame":
        return _pandas(frame)
    if library == "polars" and type(frame).__name__ == "DataFrame":
        return _polars(frame)
    if library == "numpy" and hasattr(frame, "dtype"):
        return f"np.array({_value(frame.tolist())}, dtype={str(frame.dtype)!r}).reshape({tuple(frame.shape)!r})"
    what = f"a {library}.{type(frame).__name__} is no frame"
    raise MeasurementError(what, cause="configuration", fix="give a pandas or polars DataFrame, or a numpy array")


def _pandas(frame: Any) -> str:
    columns = [f"{name!r}: {_series(frame.iloc[:, place])}" for place, name in enumerate(frame.columns)]
    made = f"pd.DataFrame({{{', '.join(columns)}}})"
    names = [name for name in frame.index.names if name is not None]
    if names:
        flat = frame.reset_index()
        columns = [f"{name!r}: {_series(flat.iloc[:, place])}" for place, name in enumerate(flat.columns)]
        return f"pd.DataFrame({{{', '.join(columns)}}}).set_index({names!r})"
    labels = frame.index.tolist()
    return made if labels == list(range(len(frame))) else f"{made}.set_axis({labels!r})"


def _series(series: Any) -> str:
    dtype = series.dtype
    if str(dtype) == "category":
        ordered = ", ordered=True" if dtype.ordered else ""
        return f"pd.Categorical({_cells(series)}, categories={_value(dtype.categories.tolist())}{ordered})"
    if getattr(dtype, "kind", "") in ("M", "m"):
        texts = [None if null else cell.isoformat() for cell, null in zip(series.tolist(), series.isna().tolist(), strict=True)]
        return f"pd.Series({texts!r}, dtype={str(dtype)!r})"
    return f"pd.Series({_cells(series)}, dtype={str(dtype)!r})"


def _cells(series: Any) -> str:
    missing = series.isna().tolist()
    plain = [cell if not null or cell is None or isinstance(cell, float) else None for cell, null in zip(series.tolist(), missing, strict=True)]
    return _value(plain)


def _polars(frame: Any) -> str:
    columns = ", ".join(f"{name!r}: {_value(frame.get_column(name).to_list())}" for name in frame.columns)
    types = ", ".join(f"{name!r}: {_polars_type(kind)}" for name, kind in frame.schema.items())
    return f"pl.DataFrame({{{columns}}}, schema={{{types}}})"


def _polars_type(kind: Any) -> str:
    text = repr(kind)
    return text if text.startswith("pl.") else f"pl.{text}"


def _value(value: Any) -> str:
    """Like repr, but evaluable for floats that are no numbers and for what the standard library prints with its module."""
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_value(key)}: {_value(one)}' for key, one in value.items())}}}"
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return f"datetime.datetime.fromisoformat({value.isoformat()!r})"
    return repr(value)
