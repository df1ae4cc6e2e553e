"""What `metric` and `compare` share: which metric, on which rows, sliced how."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from mlgate.checks.baseline._reading import Arms, Reading
from mlgate.core.bound import CellLiteral
from mlgate.core.check import Check, Item, ModelName, Refers
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
from mlgate.core.table_schema import TableSchema
from mlgate.core.verdict import Family
from mlgate.metrics._user import UserMetric


class MetricCheck(Check):
    """A claim about a metric on all rows, and one per value of each column in `slices`."""

    family: ClassVar[Family] = "baseline"
    sampled_kind: ClassVar[bool] = True
    marks_values: ClassVar[bool] = True

    of: Annotated[ModelName, Field(description="The model judged.")]
    metric: Annotated[str, Refers("metric"), Field(description="A metric, or `package.module:function` (y_true, y_pred[, sample_weight]) -> number.")]
    slices: Annotated[Names, Field(description="Columns; each is an item of its own, with one claim per value.")] = ()
    min_rows: Annotated[int, Field(ge=1, description="Values of `slices` with fewer rows are listed and left undecided.")] = 30
    groups: Annotated[str | None, Field(description="Column of rows that belong together; default: the dataset's `group`.")] = None
    sample_weight: Annotated[str | None, Field(description="Column of weights.")] = None
    positive: Annotated[CellLiteral | None, Field(description="The positive class, where labels are not 0 and 1 or true and false.")] = None
    direction: Annotated[Literal["higher", "lower"] | None, Field(description="Which is better, for a metric of your own.")] = None
    needs: Annotated[Literal["prediction", "score"] | None, Field(description="What a metric of your own reads; default: prediction.")] = None

    @model_validator(mode="after")
    def _keys_fit_the_metric(self) -> Self:
        if ":" in self.metric:
            if self.direction is None:
                raise ValueError(f"direction: higher or lower is needed: nothing says which way {self.metric!r} is better")
            return self
        for name in ("direction", "needs"):
            if getattr(self, name) is not None:
                raise ValueError(f"{name} is for metrics of your own (package.module:function); {self.metric} knows its own")
        if self.positive is not None and self.metric in entries("metrics") and load("metrics", self.metric).labels != "binary":
            raise ValueError(f"positive: {self.metric} knows no positive class")
        return self

    @property
    def greater_is_better(self) -> bool:
        """The direction of the metric. Raises `MeasurementError` for an unknown metric."""
        return self.measure().greater_is_better

    def measure(self, seed: int = 0) -> Metric:
        """The metric itself; `seed` is for metrics that resample. Raises `MeasurementError` for an unknown one."""
        if ":" in self.metric:
            own_seed = int.from_bytes(hashlib.sha256(f"{seed}:{self.id}".encode()).digest()[:8])
            return UserMetric(self.metric, greater_is_better=self.direction == "higher", needs=self.needs or "prediction", seed=own_seed)
        return metric_named(self.metric)

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
        names = [answer_of(scope, model, metric, self.positive) for model in models]
        return Reading(
            metric,
            scope.view(self.of, baseline=models[1] if len(models) > 1 else None, where=self.where),
            scope.label(self.of),
            tuple(prefix + name for prefix, name in zip(("", "baseline_"), names, strict=False)),
            by=by,
            group=self.groups or scope.spec(self.of).group,
            weight=self.sample_weight,
            positive=self.positive,
        )


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


def metric_named(name: str) -> Metric:
    """A registered metric. Raises `MeasurementError` with the nearest name for an unknown one."""
    if name not in entries("metrics"):
        near = get_close_matches(name, entries("metrics"), n=1)
        raise MeasurementError(
            f"unknown metric {name!r}",
            cause="configuration",
            fix=(f"did you mean {near[0]!r}? " if near else "") + f"one of {', '.join(entries('metrics'))}, or package.module:function",
        )
    metric: Metric = load("metrics", name)()
    return metric


def answer_of(scope: Scope, model: str, metric: Metric, positive: CellLiteral | None) -> str:
    """The column of a model's answer: `prediction`, `score`, or `score_<positive>` where the model has one per class."""
    known = scope.model_columns.get(model)
    if isinstance(known, MeasurementError):
        raise known
    if not isinstance(known, TableSchema):
        return metric.needs
    own = f"score_{positive}"
    if metric.needs == "score" and positive is not None and own in known.names:
        return own
    if metric.needs in known.names:
        return metric.needs
    raise MeasurementError(
        f"{metric.name} needs the {metric.needs} of {model}, which gives {', '.join(known.names) or 'nothing'}",
        cause="model",
        fix=_fix_of_missing(metric.needs, model, [name for name in known.names if name.startswith("score_")]),
    )


def _fix_of_missing(needs: str, model: str, by_class: Sequence[str]) -> str:
    if needs == "prediction":
        return f"add `threshold:` to models.{model} to make predictions of its score, or name their column with `prediction:`"
    if by_class:
        return f"add `positive: <class>` to the check, to read one of {', '.join(by_class)}"
    return f"add `method: predict_proba` to models.{model}, or name the column of scores with `score:`"
