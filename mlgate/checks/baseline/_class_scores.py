"""The scores of all classes side by side, their classes written as the labels are; and the losses of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mlgate.checks.baseline._answers import SCORE_OF
from mlgate.checks.baseline._labels import Column, answers, column, some
from mlgate.core.errors import MeasurementError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BOOLEANS: Mapping[str, float] = {"true": 1.0, "false": 0.0}


def class_scores(cells: Mapping[str, Any], names: Sequence[str], prefix: str, label: Column, model: str) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """(n, K) scores of the columns `names` and their (K,) classes.

    Raises `MeasurementError` (cause model) for a missing, infinite or textual score, for two columns of one class, and where no class is a label.
    """
    read = [answers(cells[prefix + name], label.count, model, name) for name in names]
    classes = [_class_of(name.removeprefix(SCORE_OF), label, model) for name in names]
    doubled = [name for name, value in zip(names, classes, strict=True) if classes.count(value) > 1]
    if doubled:
        raise MeasurementError(f"{model} has several scores of one class: {', '.join(doubled)}", cause="model", fix="keep one of them")
    if not set(classes) & set(label.distinct()):
        raise MeasurementError(
            f"{model} scores the classes {', '.join(name.removeprefix(SCORE_OF) for name in names[:5])}, and none of them is a value of {label.what} "
            f"({some(label)})",
            cause="model",
            fix="name the score columns after the label's own values: score_<label>",
        )
    return np.column_stack([one.values for one in read]), np.array(classes, dtype=object if label.is_text else np.float64)


def row_losses(values: Any, count: NDArray[np.int64], model: str) -> NDArray[np.float64]:
    """(n,) the loss of each row. Raises `MeasurementError` for a row without a loss."""
    found = column(values, count, f"loss of {model}", "configuration", "loss")
    fix = "write it so that every row has a loss (coalesce(.., 0), nullif), or leave such rows out with `where`"
    if found.is_text:
        raise MeasurementError(f"{found.what} is text", cause="configuration", fix="a loss is a number")
    found.reject(np.isnan(found.values), "is null", fix)
    found.reject(np.isinf(found.values), "is infinite", fix)
    return np.asarray(found.values, dtype=np.float64)


def _class_of(text: str, label: Column, model: str) -> float | str:
    """The class that a column's name says, as a label."""
    if label.is_text:
        return text
    try:
        return _BOOLEANS[text.lower()] if text.lower() in _BOOLEANS else float(text)
    except ValueError:
        raise MeasurementError(
            f"{SCORE_OF}{text} of {model} is of no class: {label.what} is numbers ({some(label)})",
            cause="model",
            fix="name the score columns after the label's own values, and other columns not score_...",
        ) from None
