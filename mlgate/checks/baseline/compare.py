"""Kind `compare`: a candidate is no worse than a baseline by more than a margin, or better by at least one, on the same rows."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mlgate.checks.baseline._margin import Margin
from mlgate.checks.baseline._metric_check import MetricCheck
from mlgate.checks.baseline._reading import Arms, Reading
from mlgate.checks.baseline._shifted import Shifted
from mlgate.core.check import ModelName
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Metric
from mlgate.core.registry import entries
from mlgate.core.scope import Scope
from mlgate.stats.power import required_rows, rows_for_margin


class Compare(MetricCheck):
    """A candidate's metric is no worse than a baseline's by more than `no_worse_by`, or better by at least `better_by`.

    Units: of the metric, as candidate - baseline; with `rel: true` the margin is a share of the baseline's value (0.01: one hundredth). Both models
    are judged on the same rows, pair by pair, so both declare the same dataset. `if_missing: first_run` lets the check step aside where
    the baseline does not exist yet. Values of `slices` with fewer than `min_rows` rows are listed and left undecided.

    `k`, `quantile`, `limit` and `query` belong to metrics that say so. `cost` or `loss` in place of `metric` say what errors cost: by a matrix, or
    by an expression over the columns of a row, `prediction`, `score` and `actual` (the label); the mean is judged, lower is better.

    Example:
        - {id: auc, kind: compare, of: candidate, against: production, metric: roc_auc, no_worse_by: 0.005, primary: true, slices: [carrier]}
        - {id: late, kind: compare, of: candidate, against: production, metric: exceedance, limit: 15, no_worse_by: 0.01}
        - {id: cost, kind: compare, of: candidate, against: production, cost: {FN: 5, FP: 1}, no_worse_by: 0.02}
        - {id: waiting, kind: compare, of: candidate, against: production, loss: "greatest(3 * (minutes - prediction), prediction - minutes)",
           no_worse_by: 0.5}

    Not for: models judged on different rows; a training recipe (its seeds are another source of chance than the rows).
    """

    against: Annotated[ModelName, Field(description="The model it is compared with.")]
    no_worse_by: Annotated[Margin | None, Field(description="The tolerated loss, 0 or more.")] = None
    better_by: Annotated[Margin | None, Field(description="The gain that must be shown, 0 or more.")] = None
    rel: Annotated[bool, Field(description="The margin is a share of the baseline's value.")] = False
    if_missing: Annotated[Literal["first_run"] | None, Field(description="Steps aside while there is no baseline yet.")] = None

    @model_validator(mode="after")
    def _one_margin_and_two_models(self) -> Self:
        if (self.no_worse_by is None) == (self.better_by is None):
            raise ValueError(f"exactly one of no_worse_by and better_by is needed, got {'none' if self.better_by is None else 'both'}")
        if self.of == self.against:
            raise ValueError(f"of and against name the same model {self.of!r}")
        known = ":" in self.metric or self.metric in entries("metrics")
        if self.rel and known and 1 + self._edge() <= 0:
            raise ValueError(f"with rel: true a margin is a share of the baseline's value, below 1; got {self.margin!r}")
        return self

    @property
    def compared(self) -> tuple[str, str]:
        return self.of, self.against

    @property
    def allows_first_run(self) -> bool:
        return self.if_missing == "first_run"

    @property
    def margin(self) -> float:
        """The margin as written: 0 or more."""
        return float(self.no_worse_by if self.no_worse_by is not None else self.better_by or 0)

    def _edge(self) -> float:
        """The end of the claim on the axis candidate - baseline: where the candidate is just good enough."""
        good = self.margin if self.better_by is not None else -self.margin
        edge = good if self.greater_is_better else -good
        return edge + 0.0  # no -0.0

    def models(self) -> tuple[str, ...]:
        return (self.of, self.against)

    def statement(self) -> str:
        amount = f"{self.margin:g}" + (f" of {self.against}'s value" if self.rel else "")
        if self.better_by is not None:
            return f"{self.told} of {self.of} is better than {self.against} by at least {amount}"
        return f"{self.told} of {self.of} is no worse than {self.against} by more than {amount}"

    def reading(self, scope: Scope, *, by: str | None = None) -> Reading:
        """As every metric check. Raises `MeasurementError` where the two models are judged on different datasets."""
        own, other = scope.dataset_of(self.of), scope.dataset_of(self.against)
        if own != other:
            raise MeasurementError(
                f"{self.of} is judged on {own} but {self.against} on {other}: a comparison needs both on the same rows",
                cause="configuration",
                fix=f"declare `dataset: {own}` for {self.against}",
            )
        return super().reading(scope, by=by)

    def claim(self, metric: Metric, arms: Arms) -> Claim:
        assert arms.baseline is not None
        new, old = metric.value(arms.candidate), metric.value(arms.baseline)
        edge = self._edge()
        if not self.rel:
            statistic = metric.difference(arms.candidate, arms.baseline)
        else:
            if old <= 0:
                raise MeasurementError(
                    f"a relative margin needs a baseline value above 0, and {self.told} of {self.against} is {old:g}", fix="drop `rel`"
                )
            ratio, edge = 1 + edge, edge * old
            statistic = Shifted(metric.difference(arms.candidate, arms.baseline, ratio=ratio), edge)
        low, high = (edge, None) if metric.greater_is_better else (None, edge)
        seen = f"{self.of} {new:.6g}, {self.against} {old:.6g}"
        return Claim(self.says(), statistic, low=low, high=high, null=0.0, unit=metric.unit, seen=seen)

    def required_rows(self, *, alpha: float, power: float) -> str:
        """Rows for which an equally good candidate passes: by discordance for accuracy, else by the spread of row-wise differences."""
        if self.no_worse_by is None or self.rel or not self.margin:
            return "depends on how much better the candidate is" if self.better_by is not None else "depends on the spread: known after the first run"
        if self.metric == "accuracy" and self.margin < 1:
            few, many = (rows_for_margin(discordance=share, margin=self.margin, alpha=alpha, power=power) for share in (0.02, 0.1))
            return f"{few:,} rows if exactly one of the models is right on 0.02 of them, {many:,} rows if on 0.1"
        spread = 20 * self.margin
        rows = required_rows(standard_error=spread, n_obs=1, margin=self.margin, alpha=alpha, power=power)
        return f"{rows:,} rows if the differences per row have a standard deviation of {spread:g}; four times as many if it is twice that"

    def assumption(self, discordance: float) -> tuple[float, float | None] | None:
        """The margin of `no_worse_by`; accuracy is the metric whose spread is the discordance."""
        if self.no_worse_by is None or self.rel:
            return None
        return self.margin, math.sqrt(discordance) if self.metric == "accuracy" and self.margin < 1 else None

    def assumed_rows(self, discordance: float, *, alpha: float, power: float) -> int:
        """Rows for a margin in (0, 1) of a paired 0/1 comparison."""
        return rows_for_margin(discordance=discordance, margin=self.margin, alpha=alpha, power=power)
