"""Made-up models on made-up rows, for tests of metrics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlgate.core.metric import Metric, Sample


def sample(
    y_true: ArrayLike,
    y_pred: ArrayLike | None = None,
    y_score: ArrayLike | None = None,
    *,
    count: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    group: ArrayLike | None = None,
) -> Sample:
    """One model on rows given as lists or arrays: numbers and 0/1 labels become float64, text becomes objects, `count` 1 for every row."""
    truth = np.asarray(y_true)
    kind: Any = object if truth.dtype.kind in "UO" else np.float64
    return Sample(
        truth.astype(kind),
        None if y_pred is None else np.asarray(y_pred).astype(kind),
        None if y_score is None else np.asarray(y_score, dtype=np.float64),
        np.ones(truth.size, dtype=np.int64) if count is None else np.asarray(count, dtype=np.int64),
        weight=None if weight is None else np.asarray(weight, dtype=np.float64),
        group=None if group is None else np.asarray(group),
    )


def arms(
    metric: Metric, n: int = 2000, *, noise: tuple[float, float] = (0.7, 1.0), shared: float = 0.0, seed: int = 0, **columns: Any
) -> tuple[Sample, Sample]:
    """A candidate and a baseline on the same `n` rows, the one with less noise (the first by default) the better one.

    They hold what `metric` needs: numbers, or labels 0 and 1 with either predictions or scores in (0, 1). `shared` is noise that both have, as
    two models trained on the same data do; `columns` are `weight` and `group`.
    """
    rng = np.random.default_rng(seed)
    truth = rng.normal(10, 3, n) if metric.labels == "numbers" else rng.normal(0, 1, n)
    own = [rng.normal(0, one, n) for one in noise]
    both = rng.normal(0, shared, n)
    errors = [one + both for one in own]
    if metric.labels == "numbers":
        first, second = (answered(metric, truth, truth + error, **columns) for error in errors)
        return first, second
    scores = [1 / (1 + np.exp(-2 * (truth - 0.3 + error))) for error in errors]
    first, second = (answered(metric, truth > 0.3, score if metric.needs == "score" else score > 0.5, **columns) for score in scores)
    return first, second


def answered(metric: Metric, y_true: ArrayLike, answer: ArrayLike, **columns: Any) -> Sample:
    """A model whose `answer` is what `metric` needs: its prediction or its score, and nothing else."""
    return sample(y_true, y_score=answer, **columns) if metric.needs == "score" else sample(y_true, answer, **columns)


def repeated(one: Sample, times: int, **columns: Any) -> Sample:
    """The same rows, each of them `times` times in a row."""

    def repeat(values: NDArray[Any] | None) -> Any:
        return None if values is None else np.repeat(values, times)

    again = (repeat(values) for values in (one.y_true, one.y_pred, one.y_score, one.count))
    return replace(Sample(*again), **columns)


def counted(*models: Sample) -> tuple[Sample, ...]:
    """The same models with one entry per distinct combination of label and predictions, as an engine counts them."""
    table = np.stack([models[0].y_true.astype(np.float64), *(_predictions(one) for one in models)])
    cells, count = np.unique(table, axis=1, return_counts=True)
    return tuple(sample(cells[0], cells[1 + place], count=count) for place in range(len(models)))


def _predictions(one: Sample) -> NDArray[np.float64]:
    assert one.y_pred is not None
    return one.y_pred.astype(np.float64)
