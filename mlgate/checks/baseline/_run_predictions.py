"""Predictions of every training run of two recipes on the same evaluation rows, as one number per run and row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mlgate.checks.baseline._labels import answers, coded, labels, need_two_classes
from mlgate.checks.baseline._runs import Cells, Ids, PairedRuns, Sides
from mlgate.core.bound import CellLiteral
from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Sample
from mlgate.core.registry import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

RowMetric = Literal["accuracy", "brier", "log_loss", "mae", "squared_error"]
_PROBABILITIES = frozenset({"brier", "log_loss"})


def greater_is_better(metric: RowMetric) -> bool:
    """The direction of a metric of single rows."""
    return metric == "accuracy"


@dataclass(frozen=True)
class RowValues:
    """What stands for a row: the metric, the label column, the columns that identify run and row, and the positive class."""

    metric: RowMetric
    label: str
    runs: tuple[str, ...]
    rows: tuple[str, ...]
    positive: CellLiteral | None = None

    def paired(self, cells: Cells, sides: Sides, *, samples: int) -> PairedRuns:
        """Raises `MeasurementError` where a label or an answer cannot be used, or runs are not all judged on the same rows."""
        cells = _of_both(cells, sides)
        runs, rows = Ids.of(cells, self.runs), Ids.of(cells, self.rows)
        truth = labels(cells[self.label], _ones(cells[self.label]), self.label)
        values, labelled = [], []
        for name, places, numbers in sides.rows(cells):
            where = _grid(name, runs, rows, places, samples)
            answer = answers(numbers, _ones(numbers), name, "score" if self.metric in _PROBABILITIES else "prediction")
            own = labels(np.asarray(cells[self.label])[places], _ones(places), self.label)
            kind: Literal["binary", "classes", "numbers"] = (
                "binary" if self.metric in _PROBABILITIES else "classes" if self.metric == "accuracy" else "numbers"
            )
            y_true, *y_pred = coded(own, () if kind == "binary" else (answer,), kind, self.positive if kind == "binary" else None)
            if kind == "binary":
                need_two_classes(truth, coded(truth, (), kind, self.positive)[0])
            values.append(_placed(self._values(y_true, y_pred[0] if y_pred else answer.values), where, runs, rows))
            labelled.append(_placed(y_true, where, runs, rows))
        self._one_label(np.concatenate(labelled), rows, samples)
        candidate, baseline = values
        words = tuple(runs.word(code) for code in range(len(runs)))
        return PairedRuns(candidate.mean(axis=1), baseline.mean(axis=1), words, candidate - baseline)

    def _values(self, y_true: NDArray[Any], answer: NDArray[Any]) -> NDArray[np.float64]:
        """(n,) the metric of each row."""
        if self.metric == "accuracy":
            return np.asarray(y_true == answer, dtype=np.float64)
        if self.metric == "squared_error":
            return np.asarray(np.square(answer - y_true), dtype=np.float64)
        count = np.ones(len(y_true), dtype=np.int64)
        needs_score = self.metric in _PROBABILITIES
        sample = Sample(y_true, None if needs_score else answer, answer if needs_score else None, count)
        found: NDArray[np.float64] = load("metrics", self.metric)().losses(sample)
        return found

    def _one_label(self, table: NDArray[Any], rows: Ids, samples: int) -> None:
        unlike = np.flatnonzero((table != table[0]).any(axis=0))
        if unlike.size:
            raise MeasurementError(
                f"{unlike.size:,} of {len(rows):,} rows have another label {self.label!r} in another run: {rows.words(unlike, samples)}",
                fix=f"name the columns that identify a row with `row:` (now {', '.join(self.rows)})",
            )


def _of_both(cells: Cells, sides: Sides) -> Cells:
    """Without the rows of other arms."""
    if sides.arm is None:
        return cells
    used = np.sort(np.concatenate([places for _, places, _ in sides.rows(cells)]))
    return {name: np.asarray(values)[used] for name, values in cells.items()}


def _grid(name: str, runs: Ids, rows: Ids, places: NDArray[np.intp], samples: int) -> NDArray[np.intp]:
    """(n,) the place of each row of a side in the table of runs x rows. Raises `MeasurementError` unless each place is taken once."""
    own = runs.code[places] * len(rows) + rows.code[places]
    met = np.unique(own)
    if met.size < own.size:
        taken, times = np.unique(own, return_counts=True)
        first = int(taken[times > 1][0])
        example = f": {runs.word(first // len(rows))}, {rows.word(first % len(rows))}" if samples else ""
        raise MeasurementError(
            f"{own.size - met.size:,} rows of {name} repeat a run and row{example}",
            cause="configuration",
            fix="name the columns that identify a run with `run:` and an evaluation row with `row:`",
        )
    if met.size < len(runs) * len(rows):
        having = np.bincount(met // len(rows), minlength=len(runs))
        short = np.flatnonzero(having < len(rows))
        raise MeasurementError(
            f"runs of {name} are not judged on the same rows: of {len(rows):,} rows, {int(having[short].min()):,} or more are in the runs "
            f"that lack some, {runs.words(short, samples)}",
            fix="give every run's prediction of every evaluation row; runs that are tested on rows of their own need `design: folds` or "
            "`resamples`, and a table of scores",
        )
    return own


def _placed(values: NDArray[Any], where: NDArray[np.intp], runs: Ids, rows: Ids) -> NDArray[Any]:
    table = np.empty(len(runs) * len(rows), dtype=values.dtype)
    table[where] = values
    return table.reshape(len(runs), len(rows))


def _ones(values: Sequence[Any] | NDArray[Any]) -> NDArray[np.int64]:
    return np.ones(len(values), dtype=np.int64)
