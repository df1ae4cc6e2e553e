"""Made-up models on made-up rows, for tests of metrics."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlgate.core.metric import Metric, Sample

PER_QUERY = 5  # rows that answer one query


def sample(
    y_true: ArrayLike,
    y_pred: ArrayLike | None = None,
    y_score: ArrayLike | None = None,
    *,
    count: ArrayLike | None = None,
    **columns: ArrayLike | None,
) -> Sample:
    """One model on rows given as lists or arrays: numbers and 0/1 labels become float64, text becomes objects, `count` 1 for every row.

    `columns` are those of `Sample`: `weight`, `group`, `query`, `loss`, and `scores` with `classes`.
    """
    truth = np.asarray(y_true)
    kind: Any = object if truth.dtype.kind in "UO" else np.float64
    given = {name: np.asarray(values) for name, values in columns.items() if values is not None}
    types: dict[str, Any] = {"weight": np.float64, "scores": np.float64, "loss": np.float64, "classes": kind}
    return Sample(
        truth.astype(kind),
        None if y_pred is None else np.asarray(y_pred).astype(kind),
        None if y_score is None else np.asarray(y_score, dtype=np.float64),
        np.ones(truth.size, dtype=np.int64) if count is None else np.asarray(count, dtype=np.int64),
        **{name: values.astype(types[name]) if name in types else values for name, values in given.items()},
    )


def arms(
    metric: Metric, n: int = 2000, *, noise: tuple[float, float] = (0.7, 1.0), shared: float = 0.0, seed: int = 0, **columns: Any
) -> tuple[Sample, Sample]:
    """A candidate and a baseline on the same `n` rows, the one with less noise (the first by default) the better one.

    They hold what `metric` needs: numbers, relevances of rows that answer queries, or labels 0 and 1 with predictions or scores in (0, 1).
    `shared` is noise that both have, as two models trained on the same data do; `columns` are `weight` and `group`.
    """
    rng = np.random.default_rng(seed)
    truth = rng.normal(10, 3, n) if metric.labels == "numbers" and not metric.per_query else rng.normal(0, 1, n)
    own = [rng.normal(0, one, n) for one in noise]
    both = rng.normal(0, shared, n)
    errors = [one + both for one in own]
    if metric.labels == "numbers":
        label = np.clip(np.round(truth), 0, None) if metric.per_query else truth
        first, second = (answered(metric, label, truth + error, **columns) for error in errors)
        return first, second
    scores = [1 / (1 + np.exp(-2 * (truth - 0.3 + error))) for error in errors]
    first, second = (answered(metric, truth > 0.3, score > 0.5 if metric.needs == "prediction" else score, **columns) for score in scores)
    return first, second


def answered(metric: Metric, y_true: ArrayLike, answer: ArrayLike, **columns: Any) -> Sample:
    """A model whose `answer` is what `metric` needs: its prediction, its score (of class 1), or the squared error as its loss, and nothing else."""
    if metric.per_query:
        columns = {"query": np.arange(np.size(y_true)) // PER_QUERY, **columns}
    if metric.needs == "scores":
        of_one = np.asarray(answer, dtype=np.float64)
        return sample(y_true, scores=np.column_stack([1 - of_one, of_one]), classes=[0.0, 1.0], **columns)
    if metric.needs == "loss":
        return sample(y_true, loss=np.square(np.asarray(answer, dtype=np.float64) - np.asarray(y_true, dtype=np.float64)), **columns)
    return sample(y_true, y_score=answer, **columns) if metric.needs == "score" else sample(y_true, answer, **columns)


def repeated(one: Sample, times: int, **columns: Any) -> Sample:
    """The same rows, each of them `times` times in a row; of rows that answer queries, each query that many times."""
    arrays = {of.name: getattr(one, of.name) for of in fields(one)}
    again = {name: values if values is None or name == "classes" else np.repeat(values, times, axis=0) for name, values in arrays.items()}
    if one.query is not None:
        again["query"] = again["query"] * times + np.tile(np.arange(times), one.query.size)
    return replace(Sample(**again), **columns)


def counted(*models: Sample) -> tuple[Sample, ...]:
    """The same models with one entry per distinct combination of label and predictions, as an engine counts them."""
    table = np.stack([models[0].y_true.astype(np.float64), *(_predictions(one) for one in models)])
    cells, count = np.unique(table, axis=1, return_counts=True)
    return tuple(sample(cells[0], cells[1 + place], count=count) for place in range(len(models)))


def _predictions(one: Sample) -> NDArray[np.float64]:
    assert one.y_pred is not None
    return one.y_pred.astype(np.float64)
