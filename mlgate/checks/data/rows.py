"""Kind `rows`: volume."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from mlgate.checks._columns_of import column_type, time_column
from mlgate.checks._wording import listed, slice_words
from mlgate.checks.data._groups import MOST_GROUPS, GroupCounts
from mlgate.checks.data._periods import Period, PeriodCounts, period_of
from mlgate.core.bound import NumberBound
from mlgate.core.check import Check, RowsName
from mlgate.core.claim import Claim
from mlgate.core.expression import Expression
from mlgate.core.gate import Names
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Counts, Op, Request
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing


class Rows(Check):
    """The number of rows is within a bound: of the whole, of each period, of each group, or against another dataset.

    Units: `rows` are rows (of each period, where `per` is given, of each combination of values, where `by` is); `change` is a share of the
    rows of `against`: |n - m| / m, so that 0.3 allows from 30 % fewer to 30 % more. Periods are calendar periods in UTC, weeks begin on
    Monday; all from the first to the last one seen are judged, a missing one as 0 rows. Rows without a time belong to no period and are
    counted in the details. With `by`, a null is a value of its own, and groups that `against` has and `of` lacks have 0 rows.

    Example:
        - {id: volume, kind: rows, of: current, rows: {between: [20000, 40000]}}
        - {id: volume-change, kind: rows, of: current, against: train, change: {at_most: 0.3}}
        - {id: volume-daily, kind: rows, of: current, per: day, column: time_hour, rows: {at_least: 500}}
        - {id: volume-by-carrier, kind: rows, of: current, by: [carrier], against: train, rows: {at_least: 30}}

    Not for: whether the newest rows have come (use `freshness`), or rows that occur twice (use `unique`).
    """

    family = "data"
    marks_values = True
    of: Annotated[RowsName, Field(description="The rows that are counted.")]
    rows: Annotated[NumberBound | None, Field(description="Bound on the number of rows, with `per` on that of each period.")] = None
    against: Annotated[RowsName | None, Field(description="What the number of rows is compared to.")] = None
    change: Annotated[NumberBound | None, Field(description="Bound on |n - m| / m, m being the rows of `against`.")] = None
    per: Annotated[Period | None, Field(description="Judge each calendar period instead of the whole.")] = None
    by: Annotated[Names, Field(description="Judge each combination of values of these columns instead of the whole.")] = ()
    column: Annotated[str | None, Field(description="Time column for `per`; default: the dataset's `time`.")] = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if self.rows is None and self.change is None:
            raise ValueError("rows needs `rows: <bound>`, or `against` with `change: <bound>`")
        if (self.change is not None and self.against is None) or (self.against is not None and self.change is None and not self.by):
            raise ValueError("`against` and `change` go together")
        if self.by and (self.rows is None or self.per is not None):
            raise ValueError(
                "`by` needs `rows: <bound>`, the bound of each group" if self.rows is None else "`per` and `by` cut the rows in two ways"
            )
        if self.per is not None and self.rows is None:
            raise ValueError("`per` needs `rows: <bound>`, the bound of each period")
        if self.column is not None and self.per is None:
            raise ValueError("`column` is the time column of `per`, which is not given")
        return self

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield self._count(scope, self.of)
        if self.against is not None:
            yield self._count(scope, self.against)
        if self.per is not None:
            yield self._periods(scope)
        if self.by:
            yield self._groups(scope, self.of)
            if self.against is not None:
                yield self._groups(scope, self.against)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        n = measured[self._count(scope, self.of)]
        if n == 0 and self.when_empty == "skip":
            return (Claim(f"{self.of} has rows{slice_words(self.where)}", Nothing("no rows")),)
        made = []
        if self.rows is not None:
            made.append(self._judged(scope, measured, n, self.rows))
        if self.against is not None and self.change is not None:
            made.append(self._changed(n, measured[self._count(scope, self.against)], self.against, self.change))
        return made

    def _count(self, scope: Scope, of: str) -> Aggregate:
        return Aggregate(Op.ROWS, None, (), scope.view(of, where=self.where))

    def _judged(self, scope: Scope, measured: Measured, n: int, bound: NumberBound) -> Claim:
        if self.per is not None:
            return self._per_period(scope, measured, bound)
        return self._per_group(scope, measured, bound) if self.by else self._whole(n, bound)

    def _groups(self, scope: Scope, of: str) -> Counts:
        for column in self.by:
            column_type(scope, of, column)
        return Counts(self.by, scope.view(of, where=self.where), MOST_GROUPS)

    def _per_group(self, scope: Scope, measured: Measured, bound: NumberBound) -> Claim:
        expected = {} if self.against is None else measured[self._groups(scope, self.against)]
        groups = GroupCounts.read(self.by, measured[self._groups(scope, self.of)], expected)
        says = f"each {', '.join(self.by)} of {self.of} has a number of rows {bound}{slice_words(self.where)}"
        part = "rows" if self.change else ""
        if not groups.rows:
            return Claim(says, Nothing("no rows"), high=0, part=part)
        broken, total = groups.outside(*bound.limits)
        told = f": {listed(broken, shown=scope.samples)}" * bool(scope.samples)
        seen = f"{total:,} of {len(groups.rows):,} groups outside{told}" if total else f"all {len(groups.rows):,} groups inside"
        fix = "load the rows of the groups that are short, or find what writes too many"
        return Claim(says, Exact(total, len(groups.rows), total), high=0, unit="groups outside", seen=seen, part=part, fix=fix)

    def _periods(self, scope: Scope) -> Counts:
        assert self.per is not None
        return Counts((period_of(self.per, time_column(scope, self.of, self.column)),), scope.view(self.of, where=self.where))

    def _whole(self, n: int, bound: NumberBound) -> Claim:
        low, high = bound.limits
        says = f"{self.of} has a number of rows {bound}{slice_words(self.where)}"
        fix = "look for a load that stopped early, ran twice or read another period"
        return Claim(says, Exact(n, n), low=low, high=high, unit="rows", seen=f"{n:,} rows", part="rows" if self.change else "", fix=fix)

    def _changed(self, n: int, m: int, against: str, bound: NumberBound) -> Claim:
        low, high = bound.limits
        says = f"the number of rows of {self.of} differs from that of {against} by a share {bound}{slice_words(self.where)}"
        part = "change" if self.rows else ""
        if m == 0:
            return Claim(says, Nothing(f"{against} has no rows"), low=low, high=high, part=part, fix=f"give {against} rows to compare with")
        seen = f"{abs(n - m) / m:.4g} ({n:,} rows, {m:,} in {against})"
        fix = "look for a load that is cut or doubled"
        return Claim(says, Exact(abs(n - m) / m, n), low=low, high=high, unit="share", seen=seen, part=part, fix=fix)

    def _per_period(self, scope: Scope, measured: Measured, bound: NumberBound) -> Claim:
        assert self.per is not None
        answer: Mapping[tuple[Any, ...], int] = measured[self._periods(scope)]
        time = time_column(scope, self.of, self.column)
        periods = PeriodCounts.read(self.per, time.columns[0] if isinstance(time, Expression) else time, answer)
        says = f"each {self.per} of {self.of} has a number of rows {bound}{slice_words(self.where)}"
        part = "rows" if self.change else ""
        untimed = (f"{periods.untimed:,} rows have no time and belong to no {self.per}",) if periods.untimed else ()
        if not periods.rows:
            return Claim(says, Nothing("no rows" if not untimed else "no row has a time"), high=0, part=part, details=untimed)
        broken, total = periods.outside(*bound.limits)
        seen = f"{total:,} of {len(periods):,} {self.per}s outside: {listed(broken, total)}" if total else f"all {len(periods):,} {self.per}s inside"
        details = (f"{self.per}s from {periods.first_name} to {periods.last_name}", *untimed)
        statistic = Exact(total, len(periods), total)
        fix = f"load the missing or short {self.per}s again"
        return Claim(says, statistic, high=0, unit=f"{self.per}s outside", seen=seen, details=details, part=part, fix=fix)
