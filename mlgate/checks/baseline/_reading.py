"""What a baseline check reads of its rows, and how the answer becomes one sample per model and slice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mlgate.checks.baseline._answers import PREFIXES
from mlgate.checks.baseline._class_scores import class_scores, row_losses
from mlgate.checks.baseline._labels import Column, answers, coded, column, labels, need_two_classes
from mlgate.core.bound import CellLiteral
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.metric import Metric, Sample
from mlgate.core.request import Counts, Request, Rows
from mlgate.core.view import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SLICES = 1_000


@dataclass(frozen=True)
class Arms:
    """The models of a check on the same rows: the candidate (or the only model), and the baseline of a comparison."""

    candidate: Sample
    baseline: Sample | None = None

    @property
    def rows(self) -> int:
        return int(self.candidate.count.sum())

    def at(self, entries: NDArray[np.intp]) -> Arms:
        """The same models on some of the entries."""
        return Arms(self.candidate.at(entries), None if self.baseline is None else self.baseline.at(entries))


@dataclass(frozen=True)
class Reading:
    """The columns behind a metric, for one model or for two on the same rows.

    Counted metrics without groups and weights are read as counts of (slice, label, predictions), so that no row is pulled; others as rows.
    `by` is the column of slices, `columns` the answer column of each model in the view (`score`, `baseline_score`). Metrics of several classes have
    in `of_models` the score columns of each model instead, under their plain names, and metrics of a loss what it reads of each model, with
    the `losses` themselves. `label` is None where a loss does not read it.
    """

    metric: Metric
    view: View
    label: str | None
    columns: tuple[str, ...]
    by: str | None = None
    group: str | None = None
    weight: str | None = None
    positive: CellLiteral | None = None
    of_models: tuple[tuple[str, ...], ...] = ()
    query: str | None = None
    losses: tuple[Expression, ...] = ()

    @property
    def request(self) -> Request:
        """The one question; equal for equal readings."""
        own = [prefix + name for prefix, names in zip(PREFIXES, self.of_models, strict=False) for name in names]
        parts = (self.by, self.label, *self.columns, *own, self.group, self.weight, self.query, *self.losses)
        names = tuple(dict.fromkeys(part for part in parts if part is not None))
        if self.metric.counted and self.group is None and self.weight is None:
            return Counts(names, self.view)
        return Rows(names, self.view)

    def arms(self, answer: Any) -> Arms | None:
        """Both models on all rows; None where there are no rows. Raises `MeasurementError` for rows that cannot be judged."""
        cells, count = cells_of(self.request, answer)
        if not count.size:
            return None
        samples = self._losses(cells, count) if self.losses else self._answers(cells, count)
        weight = None if self.weight is None else _weights(column(cells[self.weight], count, f"sample_weight {self.weight!r}", "data", self.weight))
        group = None if self.group is None else group_ids(cells[self.group], count, self.group)
        query = None if self.query is None else group_ids(cells[self.query], count, self.query, word="query")
        return Arms(*(replace(sample, weight=weight, group=group, query=query) for sample in samples))

    def _answers(self, cells: Mapping[str, Any], count: NDArray[np.int64]) -> list[Sample]:
        """Label and answers of each model in one coding."""
        assert self.label is not None
        label = labels(cells[self.label], count, self.label)
        if self.of_models:
            (y_true,) = coded(label, [], "classes", None)
            found = [class_scores(cells, names, prefix, label, model) for names, prefix, model in self._models()]
            return [Sample(y_true, None, None, count, scores=scores, classes=classes) for scores, classes in found]
        read = [answers(cells[name], count, model, self.metric.needs) for name, model in zip(self.columns, self._names(), strict=False)]
        predicted = read if self.metric.needs == "prediction" else []
        y_true, *y_pred = coded(label, predicted, self.metric.labels, self.positive)
        if self.metric.labels == "binary":
            need_two_classes(label, y_true)
        return [Sample(y_true, y_pred[arm] if y_pred else None, None if y_pred else read[arm].values, count) for arm in range(len(read))]

    def _losses(self, cells: Mapping[Any, Any], count: NDArray[np.int64]) -> list[Sample]:
        """The loss of each model; what it is made of must be there in every row."""
        if self.label is not None:
            labels(cells[self.label], count, self.label)
        for names, prefix, model in self._models():
            for name in names:
                answers(cells[prefix + name], count, model, name)
        found = [row_losses(cells[loss], count, model) for loss, model in zip(self.losses, self._names(), strict=False)]
        return [Sample(np.zeros(count.size), None, None, count, loss=loss) for loss in found]

    def _names(self) -> tuple[str, str]:
        return self.view.model or "", self.view.baseline or ""

    def _models(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """(columns, prefix, name) of each model."""
        return zip(self.of_models, PREFIXES, self._names(), strict=False)

    def slices(self, answer: Any) -> Iterator[tuple[str, Arms]]:
        """The models per value of `by`, in order of the values, null last. Raises `MeasurementError` for more than 1,000 values."""
        arms = self.arms(answer)
        if arms is None or self.by is None:
            return
        cells, _ = cells_of(self.request, answer)
        for value, entries in parted(cells[self.by], self.by):
            yield value, arms.at(entries)


def cells_of(request: Request, answer: Any) -> tuple[Mapping[str, Any], NDArray[np.int64]]:
    """Columns by name and (n,) the rows that each entry stands for, of an answer to `Rows` or to `Counts`."""
    if isinstance(request, Rows):
        return answer, np.ones(len(next(iter(answer.values()))), dtype=np.int64)
    assert isinstance(request, Counts)
    keys = list(answer)
    columns: dict[str, Any] = {}
    for place, name in enumerate(request.by):
        columns[str(name)] = np.array([*(key[place] for key in keys), None], dtype=object)[:-1]
    return columns, np.fromiter(answer.values(), dtype=np.int64, count=len(keys))


def parted(values: Any, name: str) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """The entries of each value of a column, in order of the values, null last. Raises `MeasurementError` for more than 1,000 values."""
    places: dict[Any, int] = {}
    codes = np.fromiter((places.setdefault(cell, len(places)) for cell in _values(values)), dtype=np.intp)
    if len(places) > MOST_SLICES:
        raise MeasurementError(
            f"column {name!r} has {len(places):,} values, too many to judge each as a slice",
            cause="configuration",
            fix=f"slice by a column with at most {MOST_SLICES:,} values",
        )
    entries = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    for value in sorted(places, key=_order):
        yield _name(value), entries[places[value]]


def _weights(found: Column) -> NDArray[np.float64]:
    if found.is_text:
        raise MeasurementError(f"{found.what} is text", cause="data", fix="weights are numbers, 0 or more")
    found.reject(~np.isfinite(found.values), "is null or infinite", "give every row a weight")
    found.reject(found.values < 0, "is negative", "weights are 0 or more")
    if not found.values.any():
        raise MeasurementError(f"{found.what} is 0 in every row", cause="data", fix="give some rows a weight above 0")
    return found.values


def group_ids(values: Any, count: NDArray[np.int64], name: str, *, word: str = "group") -> NDArray[np.intp]:
    """Ids of groups (or queries) as 0, 1, 2, ... Raises `MeasurementError` for rows without one."""
    places: dict[Any, int] = {}
    codes = np.array([places.setdefault(value, len(places)) for value in _values(values)], dtype=np.intp)
    none = codes == places[None] if None in places else np.zeros(codes.size, dtype=bool)
    Column(codes, count, f"{word} {name!r}", "data", name).reject(
        none, "is null", f"give every row a {word}; rows alone in theirs need an id of their own"
    )
    return codes


def _values(column: Any) -> Iterator[Any]:
    """The values of a column one by one, null as None."""
    array = np.asarray(column)
    if array.dtype.kind in "mM":  # as text: nanosecond times would become integers
        array, null = array.astype(str).astype(object), np.isnat(array)
        array[null] = None
    for value in array.tolist():
        yield None if isinstance(value, float) and math.isnan(value) else value


def _name(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _order(value: Any) -> tuple[int, float, str]:
    if value is None:
        return 2, 0.0, ""
    return (0, float(value), "") if isinstance(value, (bool, int, float)) else (1, 0.0, str(value))
