"""Rows of two frames as one matrix for trees: numbers as they are, categories as codes, missing values as NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_LEVELS = 254  # scikit-learn's trees tell 255 categories apart; the rarest share the last


def matrix(current: Any, reference: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """All rows, the current ones first (n + m, columns), and which columns are categories."""
    import pandas as pd

    columns, categories = [], []
    for name in current.columns:
        both = pd.concat([current[name], reference[name]], ignore_index=True)
        number = _number(both)
        columns.append(_codes(both) if number is None else number)
        categories.append(number is None)
    return np.column_stack(columns), np.array(categories, dtype=bool)


def _number(values: Any) -> NDArray[np.float64] | None:
    """Numbers and points in time (as seconds); None for anything that has levels."""
    import pandas as pd

    if values.dtype.kind in "iuf":
        limit = np.finfo(np.float64).max
        numbers: NDArray[np.float64] = np.clip(values.to_numpy(dtype=np.float64), -limit, limit)
        return numbers
    if values.dtype.kind in "mM" or isinstance(values.dtype, pd.DatetimeTZDtype):
        whole = values.to_numpy(dtype="datetime64[us]") if values.dtype.kind == "M" else values.to_numpy(dtype="timedelta64[us]")
        seconds: NDArray[np.float64] = whole.astype(np.int64) / 1e6
        return np.where(np.isnat(whole), np.nan, seconds)
    return None


def _codes(values: Any) -> NDArray[np.float64]:
    """0 for the most frequent level, then by frequency and name; NaN for missing."""
    text = values.astype(object).where(values.notna(), None).map(str, na_action="ignore")
    counts = text.value_counts()
    levels = sorted(counts.index, key=lambda level: (-counts[level], level))
    places = {level: min(place, MOST_LEVELS) for place, level in enumerate(levels)}
    codes: NDArray[np.float64] = text.map(places).to_numpy(dtype=np.float64)
    return codes


def group_codes(current: Any, reference: Any) -> NDArray[np.intp]:
    """Ids of rows that belong together as 0, 1, ..., the same id on both sides being one."""
    import pandas as pd

    both = pd.concat([current, reference], ignore_index=True).astype(object).map(str, na_action="ignore")
    codes: NDArray[np.intp] = pd.factorize(both)[0].astype(np.intp)
    return codes
