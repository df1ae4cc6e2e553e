"""Kind `canary`: a candidate that already serves, watched in the log as often as one likes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from mlgate.checks.baseline._canary_metric import CanaryMetric
from mlgate.checks.baseline._canary_reading import Reading
from mlgate.core.bound import CellLiteral
from mlgate.core.check import Check, DatasetName, Item
from mlgate.core.claim import Claim
from mlgate.core.measured import Measured
from mlgate.core.request import Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.verdict import Family


class Canary(Check):
    """A candidate that serves part of the traffic is no worse than the baseline in any of the metrics.

    It may be looked at as often as one likes: its bounds hold at every look at once, so that a hundred looks raise no more false alarms than one.
    The item `id` is the decision: `rollback` (FAIL) where a metric is shown to be worse than tolerated, `promote` (PASS) where all are shown not to
    be, else `continue` (INCONCLUSIVE, which `mlgate decide` answers with hold). Each metric is an item `id.<metric>` too; they share the alpha of
    the decision in equal parts.

    Two arms of a log are told apart by `arm` with the values `candidate` and `baseline`; in a shadow log, where both models answer each request,
    each metric names two columns instead, and needs far fewer requests. Rates of 0/1 values are judged from the first request on by exact
    likelihoods; means after 400 requests an arm. The log has all requests since the canary began; where it has only the newest,
    `state` names a file that keeps the sums (never single requests) of the rows seen so far. A row counts once, by its time: rows that
    come in later than a look with a time before that look's newest row are not counted. Settings must stay the same while the canary runs.

    Units: `no_worse_by` is in the metric's own (a rate in [0, 1]), as candidate - baseline; with `rel: true` a share of the baseline's mean.
    `expected_rows` is where the bounds are tightest, in requests per arm (pairs of a shadow log); they hold with any value.

    Example:
        - id: live
          kind: canary
          of: served
          arm: is_new
          candidate: true
          baseline: false
          metrics: {errors: {column: failed, direction: lower, no_worse_by: 0.002}}
        - {id: shadow, kind: canary, of: served, metrics: {errors: {candidate: new_bad, baseline: old_bad, direction: lower, no_worse_by: 0.01}}}

    Not for: a rollout in which users, and not requests, are the independent units (write one row per user); metrics whose labels come weeks later.
    """

    family: ClassVar[Family] = "baseline"
    sampled_kind: ClassVar[bool] = True
    marks_values: ClassVar[bool] = True
    live_kind: ClassVar[bool] = True

    of: Annotated[DatasetName, Field(description="The log, one row per request.")]
    arm: Annotated[str | None, Field(description="Column that says which model served the request.")] = None
    candidate: Annotated[CellLiteral | None, Field(description="Its value where the candidate did.")] = None
    baseline: Annotated[CellLiteral | None, Field(description="Its value where the baseline did.")] = None
    metrics: Annotated[Mapping[str, CanaryMetric], Field(min_length=1, description="What is watched, by name.")]
    expected_rows: Annotated[int, Field(ge=1, description="Requests per arm at which a decision is expected.")] = 5000
    state: Annotated[str | None, Field(description="File that keeps the sums between looks, where the log has only the newest rows.")] = None

    @model_validator(mode="after")
    def _one_sort_of_log(self) -> Self:
        shadow = self.arm is None
        if shadow and (self.candidate is not None or self.baseline is not None):
            raise ValueError("candidate and baseline are values of the column `arm`: name it")
        if not shadow and (self.candidate is None or self.baseline is None or self.candidate == self.baseline):
            raise ValueError("arm takes two different values, `candidate` and `baseline`")
        for name, metric in self.metrics.items():
            if metric.paired != shadow:
                hint = (
                    "candidate and baseline columns (or the check names its `arm`)" if shadow else "column or rate: the arms are different requests"
                )
                raise ValueError(f"metrics.{name} takes {hint}")
        return self

    def parts(self) -> Sequence[tuple[str, Item]]:
        return (("", self), *((name, _OneMetric(self, name)) for name in self.metrics))

    def requests(self, scope: Scope) -> Iterable[Request]:
        return tuple(dict.fromkeys(request for name in self.metrics for request in self.reading().requests(scope, name)))

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        return tuple(self.claim(scope, measured, name) for name in self.metrics)

    def reading(self) -> Reading:
        """How its log is read."""
        arm = None if self.arm is None or self.candidate is None or self.baseline is None else (self.arm, self.candidate, self.baseline)
        return Reading(self.of, self.where, arm, self.metrics, self.state)

    def claim(self, scope: Scope, measured: Measured, name: str) -> Claim:
        """The claim about one metric."""
        streams = self.reading().streams(scope, measured, name)
        return self.metrics[name].claim(name, streams, of=self.of, expected=self.expected_rows)

    def required_rows(self, *, alpha: float, power: float) -> str:
        return f"tightest at {self.expected_rows:,} requests per arm; means need at least 400 of each"


@dataclass(frozen=True)
class _OneMetric:
    """One metric as an item of its own: one of the claims that the decision is made of, at its part of the decision's alpha."""

    check: Canary
    name: str

    @property
    def one_of_claims(self) -> int:
        return len(self.check.metrics)

    def requests(self, scope: Scope) -> Iterable[Request]:
        return self.check.reading().requests(scope, self.name)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        return (self.check.claim(scope, measured, self.name),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None
