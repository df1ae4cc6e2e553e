"""The base of every metric."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from mlgate.core.statistic import Statistic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Labels = Literal["binary", "classes", "numbers"]
Needs = Literal["prediction", "score", "scores", "loss"]


@dataclass(frozen=True)
class Sample:
    """One model on the rows it is judged on; all arrays but `classes` have one length n.

    `y_true` (n,), `y_pred` (n,) and `y_score` (n,) are float64 for numbers and binary labels (0.0 and 1.0), else object arrays of
    strings; what a metric does not need is None. `count` (n,) int64: rows that this entry stands for (1 where rows are raw, the cell's
    count where they were counted by the engine). `weight` (n,) float64 sample weights or None. `group` (n,) ids of the clusters or None.
    `scores` (n, K) float64 has one column for each of `classes` (K,), which are written as the labels are. `query` (n,) ids of the queries that
    the rows are answers to. `loss` (n,) float64 is what a row costs, computed from an expression of the gate file.
    """

    y_true: NDArray[np.generic]
    y_pred: NDArray[np.generic] | None
    y_score: NDArray[np.float64] | None
    count: NDArray[np.int64]
    weight: NDArray[np.float64] | None = None
    group: NDArray[np.generic] | None = None
    scores: NDArray[np.float64] | None = None
    classes: NDArray[np.generic] | None = None
    query: NDArray[np.generic] | None = None
    loss: NDArray[np.float64] | None = None

    def at(self, entries: NDArray[np.intp]) -> Sample:
        """The same model on some of the entries, repeats allowed."""
        rowwise = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "classes"}
        return replace(self, **{name: values[entries] for name, values in rowwise.items() if values is not None})


class Metric(ABC):
    """A measure of how good predictions are. The file's name is the metric's name.

    `greater_is_better` is its direction. `needs` says what it reads besides the label: `prediction`, `score` (one number), `scores` (one for each
    class) or `loss`. `counted` metrics are functions of how often each (label, prediction) pair occurs: the engine counts, no row is pulled.
    `by_class` metrics need a `score` and take `scores` where a model has no single one. `per_query` metrics judge the rows of a query
    together. `takes` are the parameters that a gate file may state, which are given to the constructor by name, each with an example; those that
    are not `optional` must be stated. `unit` is what one unit means. `marks_values` says that errors quote values of the data by
    `core.marked` alone; ours do.
    """

    name: ClassVar[str] = ""
    greater_is_better: ClassVar[bool]
    needs: ClassVar[Needs]
    counted: ClassVar[bool] = False
    labels: ClassVar[Labels] = "binary"
    by_class: ClassVar[bool] = False
    per_query: ClassVar[bool] = False
    takes: ClassVar[Mapping[str, Any]] = {}
    optional: ClassVar[frozenset[str]] = frozenset()
    unit: ClassVar[str] = ""
    marks_values: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.name = cls.__module__.rsplit(".", 1)[-1]
        cls.marks_values = vars(cls).get("marks_values", cls.__module__.startswith("mlgate."))

    @abstractmethod
    def value(self, sample: Sample) -> float:
        """The point estimate, equal to scikit-learn's. Raises `MeasurementError` where undefined (one class only)."""

    @abstractmethod
    def statistic(self, sample: Sample) -> Statistic:
        """The metric of one model with its uncertainty."""

    @abstractmethod
    def difference(self, candidate: Sample, baseline: Sample, *, ratio: float = 1.0) -> Statistic:
        """metric(candidate) - ratio * metric(baseline) on the same rows, in the metric's own unit and orientation.

        `ratio` other than 1 serves relative margins: metric_c - (1 - r) * metric_b.
        """
