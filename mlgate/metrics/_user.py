"""A user's own metric: `package.module:function`, judged by the bootstrap because nothing is known of its formula."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting
from mlgate.core.metric import Labels, Metric, Sample
from mlgate.core.registry import import_callable
from mlgate.metrics._influence import as_rows
from mlgate.metrics._support import predictions, scores
from mlgate.stats.bootstrap import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mlgate.core.statistic import Statistic


class UserMetric(Metric):
    """A function of the project under test: `function(y_true, y_pred)`, with `sample_weight=` where the check names a weight column.

    It gets arrays of one length, float64 for numbers and strings as objects, and returns one finite number. `needs` says whether the second
    argument is the prediction or the score. Two models on the same rows are resampled together (Efron 1979, doi:10.1214/aos/1176344552;
    whole groups where the rows have groups), 2,000 times with the given seed, so the function is called some 4,000 times.
    """

    labels: ClassVar[Labels] = "classes"

    def __init__(self, target: str, *, greater_is_better: bool, needs: Literal["prediction", "score"], seed: int) -> None:
        vars(self).update(name=target, greater_is_better=greater_is_better, needs=needs)  # class variables of every other metric
        self._target, self._seed = target, seed

    def value(self, sample: Sample) -> float:
        """What the function says. Raises `MeasurementError` where it raises, or returns anything but a finite number."""
        return self._measure(import_callable(self._target), as_rows(sample))

    def statistic(self, sample: Sample) -> Statistic:
        function, rows = import_callable(self._target), as_rows(sample)
        return self._resampled(lambda at: self._measure(function, rows, at), rows)

    def difference(self, candidate: Sample, baseline: Sample, *, ratio: float = 1.0) -> Statistic:
        function, new, old = import_callable(self._target), as_rows(candidate), as_rows(baseline)
        return self._resampled(lambda at: self._measure(function, new, at) - ratio * self._measure(function, old, at), new)

    def _resampled(self, statistic: Callable[[NDArray[np.int64]], float], rows: Sample) -> Statistic:
        return bootstrap(statistic, n_obs=rows.y_true.size, seed=self._seed, groups=rows.group)

    def _measure(self, function: Callable[..., Any], sample: Sample, at: NDArray[np.int64] | slice = slice(None)) -> float:
        answer = scores(sample) if self.needs == "score" else predictions(sample)
        weight = {} if sample.weight is None else {"sample_weight": sample.weight[at]}
        try:
            value = float(function(sample.y_true[at], answer[at], **weight))
        except (ArithmeticError, ValueError, LookupError) as error:  # rows it cannot deal with
            raise self._broken(f"raised {type(error).__name__}: {quoting(error)}", "data") from error
        except Exception as error:  # the user's function may raise anything
            raise self._broken(f"raised {type(error).__name__}: {quoting(error)}", "configuration") from error
        if not math.isfinite(value):
            raise self._broken(f"returned {value}", "data")
        return value

    def _broken(self, what: str, cause: Literal["data", "configuration"]) -> MeasurementError:
        fix = f"try {self.name}(y_true, {'y_score' if self.needs == 'score' else 'y_pred'}) on these rows; it must return one finite number"
        return MeasurementError(f"metric {self.name} {what}", cause=cause, fix=fix)
