"""Kind `metric`: a metric of one model is at least, at most or between given values."""

from __future__ import annotations

import math
from typing import Annotated, Self

from pydantic import Field, model_validator

from mlgate.checks.baseline._metric_check import MetricCheck
from mlgate.checks.baseline._reading import Arms
from mlgate.core.bound import NumberBound, RealNumber
from mlgate.core.claim import Claim
from mlgate.core.metric import Metric
from mlgate.stats.power import required_rows


class MetricBound(MetricCheck):
    """The true value of a metric of one model lies within a bound.

    Units: the metric's own (shares such as `accuracy` in [0, 1], `log_loss` in nats, `mae` in the label's unit: docs/metrics.md has all). The
    rows are a sample: PASS where the interval lies inside the bound, FAIL where it is shown to lie outside. `cost` or `loss` may stand in place
    of `metric`, as in `compare`.

    Example:
        - {id: auc-floor, kind: metric, of: candidate, metric: roc_auc, at_least: 0.7, slices: [carrier]}
        - {id: far-off, kind: metric, of: candidate, metric: exceedance, limit: 15, at_most: 0.1}

    Not for: asking whether a candidate may replace another model; `compare` sees the same rows twice and needs far fewer of them.
    """

    at_least: Annotated[RealNumber | None, Field(description="Lower bound on the true value.")] = None
    at_most: Annotated[RealNumber | None, Field(description="Upper bound on the true value.")] = None
    between: Annotated[tuple[RealNumber, RealNumber] | None, Field(description="Both, closed.")] = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        self.bound  # noqa: B018  validates
        return self

    @property
    def bound(self) -> NumberBound:
        """The bound as one value. Raises `ValueError` where the keys do not make one."""
        return NumberBound(at_least=self.at_least, at_most=self.at_most, between=self.between)

    def statement(self) -> str:
        return f"{self.told} of {self.of} is {self.bound}"

    def claim(self, metric: Metric, arms: Arms) -> Claim:
        low, high = self.bound.limits
        return Claim(self.says(), metric.statistic(arms.candidate), low=low, high=high, unit=metric.unit)

    def required_rows(self, *, alpha: float, power: float) -> str:
        """Rows that prove the bound of a model that is 0.01 inside it."""
        edge = next(limit for limit in self.bound.limits if limit is not None)
        if self.metric != "accuracy" or not 0 < edge < 1:
            return "depends on the spread of the metric: known after the first run"
        rows = required_rows(standard_error=math.sqrt(edge * (1 - edge)), n_obs=1, margin=0.01, alpha=alpha, power=power)
        return f"{rows:,} rows prove {self.bound} for a model that is 0.01 inside it"
