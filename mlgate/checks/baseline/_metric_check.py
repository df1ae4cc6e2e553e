"""What `metric` and `compare` share: which metric, on which rows, sliced how."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from mlgate.checks.baseline._answers import ACTUAL, PREFIXES, answer_of, class_columns, losses
from mlgate.checks.baseline._parameters import KEYS, NOTHING, CostMatrix, check_parameters, parameters, told
from mlgate.checks.baseline._reading import Arms, Reading
from mlgate.core.bound import CellLiteral, RealNumber, Share
from mlgate.core.check import Check, Item, ModelName, Refers, RowExpression
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Names
from mlgate.core.marked import cell, telling
from mlgate.core.measured import Measured
from mlgate.core.metric import Metric
from mlgate.core.registry import entries, load
from mlgate.core.request import Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing
from mlgate.core.verdict import Family
from mlgate.metrics._user import UserMetric


class MetricCheck(Check):
    """A claim about a metric on all rows, and one per value of each column in `slices`."""

    family: ClassVar[Family] = "baseline"
    sampled_kind: ClassVar[bool] = True
    marks_values: ClassVar[bool] = True

    of: Annotated[ModelName, Field(description="The model judged.")]
    metric: Annotated[
        str,
        Refers("metric"),
        Field(description="A metric, or `package.module:function` (y_true, y_pred[, sample_weight]) -> number; or say `cost` or `loss`."),
    ] = ""
    slices: Annotated[Names, Field(description="Columns; each is an item of its own, with one claim per value.")] = ()
    min_rows: Annotated[int, Field(ge=1, description="Values of `slices` with fewer rows are listed and left undecided.")] = 30
    groups: Annotated[str | None, Field(description="Column of rows that belong together; default: the dataset's `group`.")] = None
    sample_weight: Annotated[str | None, Field(description="Column of weights.")] = None
    positive: Annotated[CellLiteral | None, Field(description="The positive class, where labels are not 0 and 1 or true and false.")] = None
    direction: Annotated[Literal["higher", "lower"] | None, Field(description="Which is better, for a metric of your own.")] = None
    needs: Annotated[Literal["prediction", "score"] | None, Field(description="What a metric of your own reads; default: prediction.")] = None
    k: Annotated[int | None, Field(ge=1, description="Ranks that count, for `top_k_accuracy`, `ndcg`, `mrr`, `map`.")] = None
    quantile: Annotated[Share | None, Field(gt=0, lt=1, description="The quantile that predictions are of, for `pinball`.")] = None
    limit: Annotated[RealNumber | None, Field(ge=0, description="The largest error that does not count, for `exceedance`.")] = None
    query: Annotated[str | None, Field(description="Column of the query that a row answers, for `ndcg`, `mrr`, `map`.")] = None
    cost: Annotated[CostMatrix | None, Field(description="In place of `metric`: {FN: 5, FP: 1}, or {<label>: {<prediction>: cost}}.")] = None
    loss: Annotated[
        RowExpression | None, Field(description="In place of `metric`: what a row costs, over its columns, `prediction`, `score` and `actual`.")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _cost_and_loss_are_metrics(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or "metric" in data:
            return data
        named = [word for word in ("cost", "loss") if word in data]
        return {**data, "metric": named[0]} if named else data

    @model_validator(mode="after")
    def _keys_fit_the_metric(self) -> Self:
        if not self.metric:
            raise ValueError("metric is needed: the name of a metric, or `cost` or `loss` in its place")
        check_parameters(self.metric, self.stated)
        if ":" in self.metric:
            if self.direction is None:
                raise ValueError(f"direction: higher or lower is needed: nothing says which way {self.metric!r} is better")
            return self
        for name in ("direction", "needs"):
            if getattr(self, name) is not None:
                raise ValueError(f"{name} is for metrics of your own (package.module:function); {self.metric} knows its own")
        if self.positive is not None and self.metric in entries("metrics") and self.measure().labels != "binary":
            raise ValueError(f"positive: {self.metric} knows no positive class")
        return self

    @property
    def stated(self) -> dict[str, Any]:
        """The parameters of the metric that the check states."""
        return {key: getattr(self, key) for key in KEYS if getattr(self, key) is not None}

    @property
    def told(self) -> str:
        """The metric with its parameters, in words."""
        return told(self.metric, self.stated)

    @property
    def greater_is_better(self) -> bool:
        """The direction of the metric. Raises `MeasurementError` for an unknown metric."""
        return self.measure().greater_is_better

    def measure(self, seed: int = 0) -> Metric:
        """The metric itself; `seed` is for metrics that resample. Raises `MeasurementError` for an unknown one."""
        if ":" in self.metric:
            own_seed = int.from_bytes(hashlib.sha256(f"{seed}:{self.id}".encode()).digest()[:8])
            return UserMetric(self.metric, greater_is_better=self.direction == "higher", needs=self.needs or "prediction", seed=own_seed)
        return metric_named(self.metric, stated=self.stated)

    def models(self) -> tuple[str, ...]:
        """The models judged: the candidate, then the baseline where there is one."""
        return (self.of,)

    @abstractmethod
    def claim(self, metric: Metric, arms: Arms) -> Claim:
        """What is claimed of rows that are there. Raises `MeasurementError` where the metric is not defined on them."""

    @abstractmethod
    def statement(self) -> str:
        """The claim in words, of whatever rows it is about."""

    def says(self) -> str:
        """The claim in words."""
        return self.statement() + (f" where {self.where}" if self.where else "")

    def parts(self) -> Sequence[tuple[str, Item]]:
        return (("", self), *((column, _Slices(self, column)) for column in self.slices))

    def requests(self, scope: Scope) -> Iterable[Request]:
        return (self.reading(scope).request,)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        reading = self.reading(scope)
        arms = reading.arms(measured[reading.request])
        with telling(reading.metric):
            return (self.nothing("no rows") if arms is None else self.claim(reading.metric, arms),)

    def nothing(self, why: str, *, part: str = "") -> Claim:
        """The claim where there is nothing to judge it by."""
        return Claim(self.says(), Nothing(why), part=part)

    def reading(self, scope: Scope, *, by: str | None = None) -> Reading:
        """What to read of the rows. Raises `MeasurementError` where a model gives no answer of the sort the metric needs."""
        metric = self.measure(scope.seed)
        models = self.models()
        reading = Reading(
            metric,
            scope.view(self.of, baseline=models[1] if len(models) > 1 else None, where=self.where),
            None,
            (),
            by=by,
            group=self.groups or scope.spec(self.of).group,
            weight=self.sample_weight,
            positive=self.positive,
            query=self.query,
        )
        if self.loss is not None:
            own, read = losses(scope, models, self.loss)
            return replace(reading, label=scope.label(self.of) if ACTUAL in self.loss.columns else None, of_models=read, losses=own)
        if by_class := class_columns(scope, models, metric, self.positive):
            return replace(reading, label=scope.label(self.of), of_models=by_class)
        names = [answer_of(scope, model, metric, self.positive) for model in models]
        return replace(reading, label=scope.label(self.of), columns=tuple(map("".join, zip(PREFIXES, names, strict=False))))


@dataclass(frozen=True)
class _Slices:
    """One item: the check's claim for every value of a column."""

    check: MetricCheck
    column: str

    def requests(self, scope: Scope) -> Iterable[Request]:
        return (self.check.reading(scope, by=self.column).request,)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        reading = self.check.reading(scope, by=self.column)
        slices = reading.slices(measured[reading.request])
        return tuple(self._claim(reading.metric, value, arms) for value, arms in slices) or (self.check.nothing("no rows"),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None

    def _claim(self, metric: Metric, value: str, arms: Arms) -> Claim:
        part = cell(self.column, value)
        if arms.rows < self.check.min_rows:
            return self.check.nothing(f"{arms.rows:,} rows, fewer than min_rows: {self.check.min_rows}", part=part)
        if arms.candidate.weight is not None and not arms.candidate.weight.any():
            return self.check.nothing(f"the weight of all {arms.rows:,} rows is 0", part=part)
        try:
            with telling(metric):
                claim = self.check.claim(metric, arms)
        except MeasurementError as error:
            if error.cause != "data":
                raise
            return self.check.nothing(error.what, part=part)  # the whole set is fit to be judged, this part of it is not
        return replace(claim, part=part)


def metric_named(name: str, *, stated: Mapping[str, Any] = NOTHING) -> Metric:
    """A registered metric with what a check states for it. Raises `MeasurementError` with the nearest name for an unknown one."""
    if name not in entries("metrics"):
        near = get_close_matches(name, entries("metrics"), n=1)
        raise MeasurementError(
            f"unknown metric {name!r}",
            cause="configuration",
            fix=(f"did you mean {near[0]!r}? " if near else "") + f"one of {', '.join(entries('metrics'))}, or package.module:function",
        )
    metric: Metric = load("metrics", name)(**parameters(name, stated))
    return metric
