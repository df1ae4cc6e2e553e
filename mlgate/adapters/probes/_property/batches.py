"""Batches of rows: pandas frames at heart, handed to the callable as what it takes."""

from __future__ import annotations

import re
from typing import Any, Literal

from mlgate.core.errors import MeasurementError

Library = Literal["pandas", "polars", "numpy"]
UNSEEN = "mlgate-unseen"  # a text that no data holds
_FIRST_LABEL = 5
_NUMBERS = re.compile(r"[\d\s:.,+TZ/-]*")


def labelled(frame: Any) -> Any:
    """The frame with row labels as they are left by a filter and a sort: none of them is a position."""
    rows = len(frame)
    return frame.set_axis(range(_FIRST_LABEL + rows - 1, _FIRST_LABEL - 1, -1), axis=0)


def handed(frame: Any, library: Library) -> Any:
    """What the callable gets: always its own, so that changing it changes nothing else."""
    if library == "pandas":
        return frame.copy()
    if library == "polars":
        import polars as pl

        return pl.from_pandas(frame.reset_index(drop=True), nan_to_null=True)
    import numpy as np

    plain = [frame[name].to_numpy() for name in frame.columns]
    if all(column.dtype.kind in "biuf" for column in plain):
        return np.column_stack([column.astype(np.float64) for column in plain]) if plain else np.empty((len(frame), 0))
    return frame.to_numpy(dtype=object)


def change_of(given: Any, before: Any) -> str:
    """What is different in a batch after the callable had it, in words without values; empty where nothing is."""
    if type(given).__module__.startswith("numpy"):
        return _array_change(given, before)
    names, old = list(given.columns), list(before.columns)
    if names != old:
        new, gone = [str(one) for one in names if one not in old], [str(one) for one in old if one not in names]
        words = [f"column {', '.join(some)} is {what}" for some, what in ((new, "new"), (gone, "gone")) if some]
        return " and ".join(words) or "its columns stand in another order"
    if len(given) != len(before):
        return f"{len(before)} rows are {len(given)}"
    if hasattr(given, "index") and not given.index.equals(before.index):
        return "its index is another one"
    changed = [str(name) for name in names if not _same_column(given[name], before[name])]
    return f"column {', '.join(changed)} holds something else" if changed else ""


def _same_column(one: Any, other: Any) -> bool:
    if type(one).__module__.startswith("polars"):
        return bool(one.dtype == other.dtype and one.equals(other, null_equal=True))
    return bool(one.dtype == other.dtype and one.equals(other))


def _array_change(given: Any, before: Any) -> str:
    import numpy as np

    if given.shape != before.shape or given.dtype != before.dtype:
        return f"its shape or type is another one ({given.shape}, {given.dtype})"
    same = np.array_equal(given, before, equal_nan=True) if given.dtype != object else repr(given.tolist()) == repr(before.tolist())
    return "" if same else "it holds something else"


def null_places(frame: Any) -> Any:
    """Which rows hold a null."""
    return frame.isna().to_numpy(dtype=bool).any(axis=1)


def infinite_places(frame: Any) -> Any:
    """Which rows hold an infinity."""
    import numpy as np

    return np.isinf(_floats(frame)).any(axis=1)


def magnitudes(frame: Any) -> Any:
    """The largest magnitude among the finite numbers of each row; dates and times have none."""
    import numpy as np

    found = np.abs(_floats(frame))
    found[~np.isfinite(found)] = 0.0
    return found.max(axis=1, initial=0.0)


def _floats(frame: Any) -> Any:
    """The numbers of a frame as floats of shape (rows, numeric columns), NaN for null."""
    import numpy as np

    columns = [place for place, kind in enumerate(frame.dtypes) if getattr(kind, "kind", "O") in "iuf"]
    made = np.empty((len(frame), len(columns)))
    for to, place in enumerate(columns):
        made[:, to] = frame.iloc[:, place].to_numpy(dtype=np.float64, na_value=np.nan)
    return made


def with_cell(frame: Any, place: int, name: Any, value: Any) -> Any:
    """A copy with another value in one cell, the column's type kept."""
    import pandas as pd

    column = frame[name]
    if str(column.dtype) == "category" and value is not None and value not in column.cat.categories:
        column = column.cat.add_categories([value])
    held = column.copy()
    held.iloc[place] = pd.NaT if value is None and held.dtype.kind in "mM" else value
    return frame.assign(**{name: held}) if isinstance(name, str) else _assigned(frame, name, held)


def _assigned(frame: Any, name: Any, held: Any) -> Any:
    made = frame.copy()
    made[name] = held
    return made


def text_columns(frame: Any) -> list[Any]:
    """Columns that hold text, categories of text included; not those whose text is numbers or times, which have no categories."""
    found = []
    for name, kind in frame.dtypes.items():
        values = frame[name].cat.categories if str(kind) == "category" else frame[name].dropna()
        if (
            str(kind) in ("str", "string", "object", "category")
            and len(values)
            and all(isinstance(one, str) for one in values)
            and not all(map(_NUMBERS.fullmatch, values))
        ):
            found.append(name)
    return found


def nullable_columns(frame: Any) -> list[Any]:
    """Columns whose type can hold a null as it is: whole numbers and booleans of numpy cannot."""
    return [name for name, kind in frame.dtypes.items() if getattr(kind, "kind", "O") not in "iub" or hasattr(kind, "na_value")]


def positions(frame: Any, name: str) -> Any:
    """The values of a column as floats, NaN for null. Raises `MeasurementError` for a column that is not there or has no order of numbers."""
    import numpy as np

    if name not in frame.columns:
        what = f"a law names the column {name!r}, which the rows do not have"
        raise MeasurementError(what, cause="configuration", fix=f"columns are {', '.join(map(str, frame.columns))}")
    column = frame[name]
    kind = getattr(column.dtype, "kind", "O")
    if kind in "mM":
        return np.where(column.isna(), np.nan, column.astype("int64").to_numpy(dtype=np.float64))
    if kind in "iuf":
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    what = f"a law raises the column {name!r}, which holds neither numbers nor times"
    raise MeasurementError(what, cause="configuration", fix="name a numeric column")
