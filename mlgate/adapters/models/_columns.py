"""What a model returned, as columns of the length asked for; anything else is the model's fault and said so."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlgate.core.errors import MeasurementError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def readable(name: str, wanted: Sequence[str], available: Sequence[str], *, declared: bool) -> tuple[str, ...]:
    """`wanted`, if all are available. Raises `MeasurementError` naming those that are not, with the nearest spelling."""
    missing = [column for column in wanted if column not in available]
    if not missing:
        return tuple(wanted)
    near = {column: difflib.get_close_matches(column, available, n=1) for column in missing}
    guesses = ", ".join(f"{column} -> {match[0]}" for column, match in near.items() if match)
    raise MeasurementError(
        f"{name} reads columns that its dataset does not have: {', '.join(missing)}",
        cause="configuration" if declared else "data",
        fix=(f"did you mean {guesses}? " if guesses else "") + f"the dataset has {_listed(available)}",
    )


def checked(name: str, columns: Mapping[str, Any], n: int) -> dict[str, NDArray[np.generic]]:
    """The columns as one-dimensional arrays of `n` values without null or NaN. Raises `MeasurementError` (cause model)."""
    return {column: _column(name, column, values, n) for column, values in columns.items()}


def at_threshold(score: Any, threshold: float, classes: Any = (0, 1)) -> NDArray[np.generic]:
    """The second class where `score >= threshold`, else the first."""
    import numpy as np

    return np.asarray(classes).take((np.asarray(score) >= threshold).astype(np.intp))


def _column(name: str, column: str, values: Any, n: int) -> NDArray[np.generic]:
    import numpy as np
    import pandas as pd

    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array.ravel()
    if array.shape != (n,):
        shape = " x ".join(str(size) for size in array.shape) or "no list of"
        raise MeasurementError(
            f"{name} returned {shape} values of {column} for {n} rows",
            cause="model",
            fix="a model returns one value for each row, in the order of rows",
        )
    null = np.asarray(pd.isna(array))
    if null.any():
        where = f"{int(null.sum())} of {n} rows, first at row {int(null.argmax())} of the batch"
        raise MeasurementError(
            f"{name} returned {column} without a value (NaN or null) for {where}",
            cause="model",
            fix="impute missing features inside the model, or keep such rows out of its dataset",
        )
    return array


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
