"""Kind `aggregate`: one number over all rows, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from mlgate.checks._columns_of import column_type
from mlgate.checks._wording import slice_words
from mlgate.core.bound import NumberBound, RealNumber
from mlgate.core.check import AggregateExpression, Check, RowsName
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate as Asked
from mlgate.core.request import Op, Request
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing

Number = int | float | None


class Aggregate(Check):
    """A number over all rows, written as one SQL aggregate expression, is within a bound: by itself, or against another dataset.

    Units: the bound is in the expression's own unit; `change` is a share of the number that `against` has: |a - b| / |b|, so that 0.1 allows
    from 10 % less to 10 % more. Nulls and NaN do not enter an aggregate, a division by zero gives null. A number that is null (the mean of
    nothing but nulls) FAILs. Allowed are avg, corr (Pearson's), count, max, median, min, quantile_cont, stddev and variance (of a sample), sum,
    `count(*)` and `count(distinct x)` over what `require` of a rule may hold; no filter, window or sub-query: write `sum(case when .. then .. end)`.

    Example:
        - {id: price, kind: aggregate, of: current, value: "sum(price * quantity) / sum(quantity)", between: [9.5, 12]}
        - {id: late, kind: aggregate, of: current, value: "avg(case when dep_delay > 60 then 1 else 0 end)", against: train, change: {at_most: 0.2}}

    Not for: a mean, sum or quantile of one column (use `columns`, which says more), a number of rows (use `rows`), or a condition on each
    row (use `rule`).
    """

    family = "data"
    marks_values = True
    of: Annotated[RowsName, Field(description="The rows the number is over.")]
    value: Annotated[AggregateExpression, Field(description="One SQL expression; every column stands inside an aggregate.")]
    at_most: Annotated[RealNumber | None, Field(description="Greatest number.")] = None
    at_least: Annotated[RealNumber | None, Field(description="Smallest number.")] = None
    between: Annotated[tuple[RealNumber, RealNumber] | None, Field(description="Both, closed.")] = None
    equals: Annotated[RealNumber | None, Field(description="The number itself.")] = None
    against: Annotated[RowsName | None, Field(description="Rows over which the same number is what `change` compares with.")] = None
    change: Annotated[NumberBound | None, Field(description="Bound on |a - b| / |b|, b being the number over `against`.")] = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if self.bound is None and self.change is None:
            raise ValueError("aggregate needs one of at_most, at_least, between, equals, or `against` with `change: <bound>`")
        if (self.against is None) != (self.change is None):
            raise ValueError("`against` and `change` go together")
        return self

    @property
    def bound(self) -> NumberBound | None:
        """The bound on the number itself, None where there is none. Raises `ValueError` where the keys do not make one."""
        keys = {"at_most": self.at_most, "at_least": self.at_least, "between": self.between, "equals": self.equals}
        given = {key: limit for key, limit in keys.items() if limit is not None}
        return NumberBound.model_validate(given) if given else None

    def requests(self, scope: Scope) -> Iterable[Request]:
        for of in filter(None, (self.of, self.against)):
            for column in self.value.columns:
                column_type(scope, of, column)
            yield self._rows(scope, of)
            yield self._value(scope, of)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        n = measured[self._rows(scope, self.of)]
        if n == 0:
            return (Claim(f"{self.value} of {self.of} is as stated{slice_words(self.where)}", Nothing("no rows")),)
        value = self._number(measured[self._value(scope, self.of)])
        made = []
        if self.bound is not None:
            made.append(self._within(value, n, self.bound))
        if self.against is not None and self.change is not None:
            m = measured[self._rows(scope, self.against)]
            other = self._number(measured[self._value(scope, self.against)]) if m else None
            made.append(self._changed((value, n), (other, m), self.against, self.change))
        return made

    def _within(self, value: Number, n: int, bound: NumberBound) -> Claim:
        low, high = bound.limits
        says = f"{self.value} of {self.of} is {bound}{slice_words(self.where)}"
        fix = f"compare the columns of {self.of} with the data the bound was made for"
        seen = f"{self._words(value)} over {n:,} rows"
        return Claim(says, Exact(value, n), low=low, high=high, seen=seen, part="value" if self.change else "", fix=fix)

    def _changed(self, now: tuple[Number, int], then: tuple[Number, int], against: str, bound: NumberBound) -> Claim:
        (value, n), (other, m) = now, then
        low, high = bound.limits
        says = f"{self.value} of {self.of} differs from that of {against} by a share {bound}{slice_words(self.where)}"
        part = "change" if self.bound else ""
        if m == 0:
            return Claim(says, Nothing(f"{against} has no rows"), low=low, high=high, part=part, fix=f"give {against} rows to compare with")
        if not other:
            what = f"{self.value} is {self._words(other)} over the {m:,} rows of {against}: no change is a share of that"
            raise MeasurementError(what, fix="state a bound of its own (at_most, at_least, between) instead of `change`")
        change = None if value is None else abs(value - other) / abs(other)
        seen = f"{self._words(change)} ({self._words(value)} over {n:,} rows, {self._words(other)} over {m:,} in {against})"
        return Claim(says, Exact(change, n), low=low, high=high, unit="share", seen=seen, part=part, fix=f"find what changed since {against}")

    def _words(self, value: Number) -> str:
        if value is None:
            return "null"
        return cell(self.value.columns, f"{value:,}" if isinstance(value, int) else f"{value:.6g}")

    def _number(self, answer: Any) -> Number:
        if isinstance(answer, Decimal):
            return float(answer)
        if answer is None or (isinstance(answer, (int, float)) and not isinstance(answer, bool)):
            return answer
        what = f"{self.value} gives {cell(self.value.columns, repr(answer))} of type {type(answer).__name__}, and a bound needs a number"
        raise MeasurementError(what, cause="configuration", fix="count it, or take date_diff between two times")

    def _rows(self, scope: Scope, of: str) -> Asked:
        return Asked(Op.ROWS, None, (), scope.view(of, where=self.where))

    def _value(self, scope: Scope, of: str) -> Asked:
        return Asked(Op.SQL, self.value, (), scope.view(of, where=self.where))
