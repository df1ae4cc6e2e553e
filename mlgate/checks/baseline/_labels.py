"""Labels, predictions and scores as a metric wants them; whatever cannot be one is an error that says how many rows and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from mlgate.core.bound import CellLiteral
from mlgate.core.errors import Cause, MeasurementError
from mlgate.core.marked import cell
from mlgate.core.metric import Labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMBERS = (bool, int, float, Decimal, np.number, np.bool_)
_SIGNS: frozenset[float] = frozenset({-1.0, 1.0})
_BITS: frozenset[float] = frozenset({0.0, 1.0})


@dataclass(frozen=True)
class Column:
    """One column of the rows: float64 (NaN for null) for numbers and booleans, else an object array of strings (None for null).

    `what` names it in messages, `name` is its own, `cause` is whose fault a bad value is, `count` (n,) int64 the rows that each entry stands for.
    """

    values: NDArray[Any]
    count: NDArray[np.int64]
    what: str
    cause: Cause
    name: str

    @property
    def is_text(self) -> bool:
        return self.values.dtype == object

    def distinct(self) -> list[Any]:
        return sorted(set(self.values.tolist()))

    def reject(self, wrong: NDArray[np.bool_], problem: str, fix: str) -> None:
        """Raises `MeasurementError` where an entry is wrong: "<what> <problem> in k of n rows"."""
        if wrong.any():
            rows, n = int(self.count[wrong].sum()), int(self.count.sum())
            raise MeasurementError(f"{self.what} {problem} in {rows:,} of {n:,} rows", cause=self.cause, fix=fix)


def column(values: Any, count: NDArray[np.int64], what: str, cause: Cause, name: str) -> Column:
    """A column of an answer. Raises `MeasurementError` for values that are neither numbers, booleans nor strings."""
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return Column(array.astype(np.float64), count, what, cause, name)
    cells = array.astype(object)
    types = set(map(type, cells.tolist())) - {type(None)}
    if not types or all(issubclass(one, str) for one in types):
        cells[np.array([cell is None for cell in cells.tolist()], dtype=bool)] = None
        return Column(cells, count, what, cause, name)
    if all(issubclass(one, _NUMBERS) for one in types):
        return Column(np.array([np.nan if cell is None else float(cell) for cell in cells.tolist()], dtype=np.float64), count, what, cause, name)
    names = ", ".join(sorted(one.__name__ for one in types))
    raise MeasurementError(f"{what} holds values of type {names}", cause=cause, fix="use numbers, booleans or strings")


def labels(values: Any, count: NDArray[np.int64], name: str) -> Column:
    """The label column, complete. Raises `MeasurementError` (cause data)."""
    found = column(values, count, f"label {name!r}", "data", name)
    found.reject(_nulls(found), "is null", "complete the labels, or keep only labelled rows with `where:`")
    if not found.is_text:
        found.reject(~np.isfinite(found.values), "is infinite", "correct the labels")
    return found


def answers(values: Any, count: NDArray[np.int64], model: str, role: str) -> Column:
    """The prediction or score of a model, complete. Raises `MeasurementError` (cause model)."""
    found = column(values, count, f"{role} of {model}", "model", role)
    found.reject(_nulls(found), "is missing (null or NaN)", f"{model} must answer every row: are keys missing from its predictions?")
    if not found.is_text:
        found.reject(~np.isfinite(found.values), "is infinite", f"find the rows that {model} cannot score, and why")
    elif role.startswith("score"):
        raise MeasurementError(f"{role} of {model} is text", cause="model", fix="a score is a number: which column holds it? `score: <column>`")
    return found


def _nulls(of: Column) -> NDArray[np.bool_]:
    if of.is_text:
        return np.array([value is None for value in of.values.tolist()], dtype=bool)
    return np.asarray(np.isnan(of.values))


def coded(label: Column, predictions: Sequence[Column], kind: Labels, positive: CellLiteral | None) -> tuple[NDArray[Any], ...]:
    """Label and predictions (of both models) in one coding: 0.0 and 1.0 for a binary metric, else their values.

    Raises `MeasurementError` where the types differ, where the label is not what the metric needs, and where a binary label has one class.
    """
    _one_type(label, predictions)
    if kind == "numbers":
        for one in (label, *predictions):
            if one.is_text:
                raise MeasurementError(f"{one.what} is text, and the metric needs numbers", cause="configuration", fix="choose another metric")
    if kind != "binary" and positive is None:
        return (label.values, *(one.values for one in predictions))
    target = _positive(label, predictions, positive)
    return tuple((one.values == target).astype(np.float64) for one in (label, *predictions))


def _one_type(label: Column, predictions: Sequence[Column]) -> None:
    for one in predictions:
        if one.is_text != label.is_text:
            kinds = {True: "text", False: "numbers"}
            raise MeasurementError(
                f"{label.what} is {kinds[label.is_text]} ({some(label)}) but {one.what} is {kinds[one.is_text]} ({some(one)})",
                cause="model",
                fix="let the model predict the label's own values, or name the column that holds them with `prediction:`",
            )


def _positive(label: Column, predictions: Sequence[Column], positive: CellLiteral | None) -> float | str:
    """The value that is class 1. Raises `MeasurementError` where it cannot be told or the label has no two classes."""
    if positive is not None:
        if isinstance(positive, str) != label.is_text:
            raise MeasurementError(f"positive: {positive!r} is of another type than {label.what} ({some(label)})", cause="configuration")
        return positive if isinstance(positive, str) else float(positive)
    if label.is_text:
        raise MeasurementError(
            f"{label.what} is text ({some(label)}): which value is the positive class?",
            cause="configuration",
            fix="add `positive: <value>` to the check",
        )
    values = set(label.distinct())
    if not values <= _BITS and not values <= _SIGNS:
        raise MeasurementError(
            f"{label.what} is not binary: it holds {some(label)}",
            cause="data",
            fix="binary labels are 0 and 1, -1 and 1, or booleans; else add `positive: <value>` to judge one class against all others",
        )
    for one in predictions:
        values |= set(one.distinct())
        if not values <= _BITS and not values <= _SIGNS:
            raise MeasurementError(
                f"{one.what} ({some(one)}) does not fit {label.what} ({some(label)})",
                cause="model",
                fix="predictions are the label's own values; add `threshold:` to the model if these are scores",
            )
    return 1.0


def need_two_classes(label: Column, positive: NDArray[np.float64]) -> None:
    """Raises `MeasurementError` (cause data) where all rows of the evaluation set are of one class."""
    found = int(label.count[positive == 1].sum())
    n = int(label.count.sum())
    if found in (0, n):
        raise MeasurementError(
            f"{label.what} has one class only: {found:,} of {n:,} rows are positive",
            cause="data",
            fix="judge the model on rows of both classes (is `positive:` spelled as in the data?)",
        )


def some(of: Column) -> str:
    """Its first five values, for a message."""
    values = of.distinct()
    text = ", ".join(cell(of.name, repr(value) if isinstance(value, str) else f"{value:g}") for value in values[:5])
    return f"{text} and {len(values) - 5:,} more" if len(values) > 5 else text
