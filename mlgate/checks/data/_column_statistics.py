"""Statistics of a column against a bound: mean, spread, extremes, quantiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mlgate.checks._wording import slice_words
from mlgate.checks.data._cells import comparable, misfit, not_a, sql_literal, unordered
from mlgate.checks.data._column_item import ColumnItem
from mlgate.core.bound import BoundOf, plain
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact
from mlgate.core.table_schema import NUMERIC

_OPS = {"mean": Op.MEAN, "std": Op.STD, "sum": Op.SUM, "min": Op.MIN, "max": Op.MAX, "median": Op.QUANTILE, "quantile": Op.QUANTILE}
_NAMES = {"std": "standard deviation", "min": "minimum", "max": "maximum"}
_INTERPOLATED = NUMERIC | {"date", "timestamp"}


@dataclass(frozen=True)
class StatisticItem(ColumnItem):
    """A statistic of the values that are not null is within a bound. Where there is no value there is no statistic: FAIL.

    `word` is `mean`, `std`, `sum`, `min`, `max`, `median` or `quantile`; `share` says which quantile.
    """

    word: str
    bound: BoundOf[Any]
    share: float = 0.5

    @property
    def name(self) -> str:
        """`mean`, `standard deviation`, `0.95 quantile`."""
        return f"{plain(self.share)} quantile" if self.word == "quantile" else _NAMES.get(self.word, self.word)

    @property
    def says(self) -> str:
        return f"{self.name} of {self.at.column} is {self.bound}{slice_words(self.at.where)}"

    def asked(self, scope: Scope) -> Iterable[Request]:
        yield self.at.ask(scope, Op.NULLS)
        if self.misfit(scope) is None:
            yield self._statistic(scope)

    def of_no_rows(self) -> Sequence[Claim]:
        return super().of_no_rows() if self.at.skip_empty else (self._empty(0),)

    def claimed(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        n = self.at.values(scope, measured)
        if n == 0:
            return (self._empty(measured[self.at.rows(scope)]),)
        if fault := self.misfit(scope):
            raise fault
        value, low, high = self._compared(scope, measured)
        told = "undefined" if value is None else cell(self.at.column, f"{value:.6g}" if isinstance(value, float) else value)
        seen = f"{told} over {n:,} values"
        fix = f"compare {self.at.column} with the data the bound was made for"
        return (Claim(self.says, Exact(value, n), low=low, high=high, seen=seen, fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        """Only an extreme is the fault of single rows."""
        if self.word not in ("min", "max") or not self.at.values(scope, measured):
            return None
        value, low, high = self._compared(scope, measured)
        least, most = (None if limit is None else sql_literal(limit, self.at.type(scope)) for limit in self.bound.limits)
        if self.word == "min" and low is not None and value < low:
            return self.at.offenders(scope, f"{quoted(self.at.column)} < {least}")
        if self.word == "max" and high is not None and value > high:
            return self.at.offenders(scope, f"{quoted(self.at.column)} > {most}")
        return None

    def _compared(self, scope: Scope, measured: Measured) -> tuple[Any, Any, Any]:
        """The value and both ends of the bound, in one form."""
        kind = self.at.type(scope)
        value = comparable(kind, measured[self._statistic(scope)])
        low, high = (comparable(kind, limit, exactly=isinstance(value, Decimal)) for limit in self.bound.limits)
        return value, low, high

    def _empty(self, rows: int) -> Claim:
        low, high = self.bound.limits
        seen = f"{self.name} of an empty column" + (f": all {rows:,} values are null" if rows else ": no rows")
        return Claim(self.says, Exact(None, 0), low=low, high=high, seen=seen, fix=f"fill {self.at.column}")

    def misfit(self, scope: Scope) -> MeasurementError | None:
        kind, column = self.at.type(scope), self.at.column
        key = "quantiles" if self.word == "quantile" else self.word
        if self.word in ("mean", "sum"):
            return not_a(NUMERIC | {"boolean"}, kind, column, key=key, noun="numbers")
        if self.word == "std":
            return not_a(NUMERIC, kind, column, key=key, noun="numbers")
        if self.word in ("median", "quantile"):
            fault = not_a(_INTERPOLATED, kind, column, key=key, noun="numbers, dates or timestamps")
        else:
            fault = unordered(kind, column, key=key)
        return fault or misfit(kind, self.bound.limits, column, key=key)

    def _statistic(self, scope: Scope) -> Aggregate:
        op = _OPS[self.word]
        return self.at.ask(scope, op, self.share) if op is Op.QUANTILE else self.at.ask(scope, op)
