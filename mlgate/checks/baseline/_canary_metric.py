"""One metric of a canary: which streams of numbers it consists of, and what is claimed of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlgate.checks._columns_of import column_type
from mlgate.checks.baseline._margin import Margin
from mlgate.checks.baseline._shifted import Shifted
from mlgate.core.check import Condition
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression, quoted
from mlgate.core.marked import cell
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing, Statistic
from mlgate.core.table_schema import NUMERIC
from mlgate.stats.anytime import Anytime
from mlgate.stats.power_sums import PowerSums

Streams = Mapping[str, PowerSums]
CANDIDATE, BASELINE, DIFFERENCE = "candidate", "baseline", "difference"


class CanaryMetric(BaseModel):
    """What is watched: the mean of a column or of a condition, which way it is better, and the tolerated loss."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Annotated[str | None, Field(description="A number, or a boolean, whose mean is its rate.")] = None
    rate: Annotated[Condition | None, Field(description="A condition whose rate is watched: `status >= 500`.")] = None
    candidate: Annotated[str | None, Field(description="In a shadow log: the candidate's column.")] = None
    baseline: Annotated[str | None, Field(description="In a shadow log: the baseline's column of the same request.")] = None
    direction: Annotated[Literal["higher", "lower"], Field(description="Which is better.")]
    no_worse_by: Annotated[Margin, Field(description="The tolerated loss, 0 or more.")]
    rel: Annotated[bool, Field(description="The margin is a share of the baseline's mean.")] = False
    nulls: Annotated[Literal["error", "skip"], Field(description="Whether requests without a value are an error or left out.")] = "error"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("column", "rate") if getattr(self, name) is not None]
        pair = [name for name in ("candidate", "baseline") if getattr(self, name) is not None]
        if len(given) + bool(pair) != 1 or len(pair) == 1:
            raise ValueError("a metric has one of column, rate, or (in a shadow log) candidate with baseline")
        if self.rel and self.direction == "higher" and self.no_worse_by >= 1:
            raise ValueError(f"with rel: true a margin is a share of the baseline's mean, below 1; got {self.no_worse_by!r}")
        return self

    @property
    def paired(self) -> bool:
        """Whether it reads what both models did with one request."""
        return self.candidate is not None

    @property
    def _edge(self) -> float:
        """The end of the claim on the axis candidate - baseline."""
        return float(self.no_worse_by if self.direction == "lower" else -self.no_worse_by) + 0.0

    @property
    def _ratio(self) -> float:
        return 1 + self._edge if self.rel else 1.0

    def values(self, scope: Scope, of: str) -> Mapping[str, Expression]:
        """The numbers of each stream, as float64. Raises `MeasurementError` for columns that hold none.

        Of two arms the candidate's and the baseline's are one expression over different rows; of pairs, a row without one of them has neither.
        """
        if self.rate is not None:
            condition = self.rate.sql
            value = Expression(f"CAST(CASE WHEN {condition} THEN 1 WHEN NOT ({condition}) THEN 0 END AS DOUBLE)", self.rate.columns)
            return {CANDIDATE: value, BASELINE: value}
        if self.column is not None:
            value = _number(scope, of, self.column)
            return {CANDIDATE: value, BASELINE: value}
        new, old = _number(scope, of, str(self.candidate)), _number(scope, of, str(self.baseline))
        columns = tuple(dict.fromkeys((*new.columns, *old.columns)))
        scaled = old.sql if self._ratio == 1 else f"{self._ratio!r} * {old.sql}"
        return {
            CANDIDATE: Expression(f"CASE WHEN {old.sql} IS NOT NULL THEN {new.sql} END", columns),
            BASELINE: Expression(f"CASE WHEN {new.sql} IS NOT NULL THEN {old.sql} END", columns),
            DIFFERENCE: Expression(f"{new.sql} - {scaled}", columns),
        }

    def claim(self, name: str, streams: Streams, *, of: str, expected: float) -> Claim:
        """What is claimed of the streams so far. Raises `MeasurementError` for values that have no mean."""
        new, old = streams[CANDIDATE], streams[BASELINE]
        amount = f"{self.no_worse_by:g}" + (" of the baseline's mean" if self.rel else "")
        says = f"{name} of the candidate in {of} is no worse than the baseline's by more than {amount}"
        self._refuse_unusable(name, streams)
        for arm, sums in ((CANDIDATE, new), (BASELINE, old)):
            if not sums.values:
                return Claim(says, Nothing(f"no requests of the {arm} yet"), part=name, fix="let the canary run on, and look again")
        low, high = (None, self._edge) if self.direction == "lower" else (self._edge, None)
        statistic: Statistic = self._statistic(streams, expected)
        if self.rel:
            if old.mean <= 0:
                raise MeasurementError(f"a relative margin needs a baseline mean above 0, and that of {name} is {self._shown(old)}", fix="drop `rel`")
            by = self._edge * old.mean
            statistic, low, high = Shifted(statistic, by), low and low * old.mean, high and high * old.mean
        seen = f"candidate {self._shown(new)} of {new.values:,}, baseline {self._shown(old)} of {old.values:,} requests"
        return Claim(says, statistic, low=low, high=high, null=0.0, seen=seen, part=name, fix="let the canary run on, and look again")

    def _shown(self, sums: PowerSums) -> str:
        columns = self.rate.columns if self.rate is not None else tuple(filter(None, (self.column, self.candidate, self.baseline)))
        return cell(columns, f"{sums.mean:.6g}")

    def _statistic(self, streams: Streams, expected: float) -> Anytime:
        new, old = streams[CANDIDATE], streams[BASELINE]
        if self.paired:
            bits = self._ratio == 1 and not (new.odd or old.odd)
            return Anytime.of_pairs(streams[DIFFERENCE], bits=bits, expected=expected)
        return Anytime.of_arms(new, old, expected=expected, ratio=self._ratio)

    def _refuse_unusable(self, name: str, streams: Streams) -> None:
        for arm in (CANDIDATE, BASELINE):
            sums = streams[arm]
            if sums.nulls and self.nulls == "error":
                what = f"{name} is null in {sums.nulls:,} of {sums.rows:,} requests of the {arm}"
                raise MeasurementError(what, fix=f"log a value for every request, or leave those without one out with `nulls: skip` in {name}")
            if not sums.finite:
                raise MeasurementError(f"{name} of the {arm} holds infinite values, or values too large for a mean", fix="mend what writes the log")


def _number(scope: Scope, of: str, column: str) -> Expression:
    kind = column_type(scope, of, column)
    if kind not in (*NUMERIC, "boolean", "null"):
        what = f"column {column!r} of {of} is of type {kind}, and a mean needs numbers or booleans"
        raise MeasurementError(what, cause="configuration", fix="state a condition with `rate:` (status >= 500)")
    return Expression(f"CAST({quoted(column)} AS DOUBLE)", (column,))
