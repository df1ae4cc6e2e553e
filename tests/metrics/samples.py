"""Samples for tests of metrics."""

import numpy as np

from mlgate.core.metric import Sample


def sample(y_true, y_pred=None, y_score=None, *, count=None, weight=None, group=None):
    y_true = np.asarray(y_true, dtype=None if isinstance(y_true[0], str) else np.float64)
    if y_true.dtype.kind == "U":
        y_true, y_pred = y_true.astype(object), np.asarray(y_pred).astype(object)
    return Sample(
        y_true,
        None if y_pred is None else np.asarray(y_pred, dtype=y_true.dtype),
        None if y_score is None else np.asarray(y_score, dtype=np.float64),
        np.ones(len(y_true), dtype=np.int64) if count is None else np.asarray(count, dtype=np.int64),
        weight=None if weight is None else np.asarray(weight, dtype=np.float64),
        group=None if group is None else np.asarray(group),
    )


def arms(metric, n=2000, *, noise=(0.7, 1.0), seed=0, **columns):
    """A candidate and a baseline on the same rows, the one with less noise (the first by default) the better one, in whatever `metric` needs."""
    rng = np.random.default_rng(seed)
    if metric.labels == "numbers":
        y = rng.normal(10, 3, n)
        return tuple(sample(y, y_pred=y + rng.normal(0, one, n), **columns) for one in noise)
    truth = rng.normal(0, 1, n)
    y = (truth > 0.3).astype(float)
    scores = [1 / (1 + np.exp(-2 * (truth - 0.3 + rng.normal(0, one, n)))) for one in noise]
    return tuple(sample(y, y_pred=score > 0.5, y_score=score, **columns) for score in scores)
