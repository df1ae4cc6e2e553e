"""Row-level properties of a column: nulls, values, uniqueness, order. Each is a share or a count of offending values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mlgate.checks._columns_of import offending_rows, repeated_rows
from mlgate.checks._shares import share_of
from mlgate.checks._wording import share_words, slice_words
from mlgate.checks.data._cells import unordered
from mlgate.checks.data._column_item import ColumnItem
from mlgate.checks.data._values import Limit, Values
from mlgate.core.bound import ShareBound
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact


@dataclass(frozen=True)
class NullShareItem(ColumnItem):
    """The share of null (and NaN) values is within a bound."""

    bound: ShareBound

    @property
    def says(self) -> str:
        return f"null share of {self.at.column} is {self.bound}{slice_words(self.at.where)}"

    def asked(self, scope: Scope) -> Iterable[Request]:
        yield self.at.ask(scope, Op.NULLS)
        if self.at.type(scope) == "float":
            yield self.at.ask(scope, Op.NAN)

    def claimed(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        n, nulls = measured[self.at.rows(scope)], measured[self.at.ask(scope, Op.NULLS)]
        nan = measured[self.at.ask(scope, Op.NAN)] if self.at.type(scope) == "float" else 0
        low, high = self.bound.limits
        seen = share_words(nulls, n, sampled=self.at.sampled) + (f", {nan:,} of them NaN" if nan else "")
        statistic = share_of(nulls, n, sampled=self.at.sampled)
        fix = f"find what no longer fills {self.at.column}" if high is not None else f"find what fills {self.at.column}"
        return (Claim(self.says, statistic, low=low, high=high, unit="share", seen=seen, fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        nulls = measured[self.at.ask(scope, Op.NULLS)] / measured[self.at.rows(scope)]
        too_few = self.bound.limits[0] is not None and nulls < self.bound.limits[0]
        return self.at.offenders(scope, f"{quoted(self.at.column)} IS {'NOT ' * too_few}NULL")


@dataclass(frozen=True)
class ValuesItem(ColumnItem):
    """Every value that is not null, or all but a tolerated share, is as stated. One claim for each statement."""

    values: Values
    outside_share: ShareBound

    @property
    def says(self) -> str:
        return f"values of {self.at.column} are as stated{slice_words(self.at.where)}"

    def asked(self, scope: Scope) -> Iterable[Request]:
        yield self.at.ask(scope, Op.NULLS)
        for limit in self._limits(scope):
            if limit.misfit is None:
                yield self.at.ask(scope, limit.op, *limit.args)

    def claimed(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        n = self.at.values(scope, measured)
        limits = tuple(self._limits(scope))
        if not limits:
            return (Claim(f"column {self.at.column} exists", Exact(0, n, 0), high=0, seen="it does; `values` states nothing more"),)
        return tuple(self._claim(limit, n, self._outside(limit, n, scope, measured), several=len(limits) > 1) for limit in limits)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        n = self.at.values(scope, measured)
        low, high = self.outside_share.limits
        broken = [
            limit.offending
            for limit in self._limits(scope)
            if not (low or 0.0) <= self._outside(limit, n, scope, measured) / max(n, 1) <= (1.0 if high is None else high)
        ]
        return self.at.offenders(scope, " OR ".join(f"({condition})" for condition in broken)) if broken else None

    def misfit(self, scope: Scope) -> MeasurementError | None:
        return next((limit.misfit for limit in self._limits(scope) if limit.misfit is not None), None)

    def _limits(self, scope: Scope) -> Iterator[Limit]:
        return self.values.limits(self.at.column, self.at.type(scope))

    def _outside(self, limit: Limit, n: int, scope: Scope, measured: Measured) -> int:
        if limit.misfit is None:
            return int(measured[self.at.ask(scope, limit.op, *limit.args)])
        if n == 0:
            return 0  # no value is of a wrong type
        raise limit.misfit

    def _claim(self, limit: Limit, n: int, outside: int, *, several: bool) -> Claim:
        low, high = self.outside_share.limits
        says = f"values of {self.at.column} {limit.words}"
        if high != 0:
            says += f", the share of others {self.outside_share}"
        sampled = self.at.sampled and high != 0
        seen = f"{share_words(outside, n, 'values', sampled=sampled)} do not" if n else "no values"
        return Claim(
            says + slice_words(self.at.where),
            share_of(outside, n, sampled=sampled),
            low=low,
            high=high,
            unit="share",
            seen=seen,
            part=limit.key if several else "",
            fix=f"mend what writes these values of {self.at.column}, or state them here",
        )


@dataclass(frozen=True)
class UniqueItem(ColumnItem):
    """No value that is not null occurs twice."""

    outside_share: ShareBound

    @property
    def says(self) -> str:
        tolerated = "" if self.outside_share.limits[1] == 0 else f", the share of repetitions {self.outside_share}"
        return f"values of {self.at.column} are unique{tolerated}{slice_words(self.at.where)}"

    def asked(self, scope: Scope) -> Iterable[Request]:
        yield self._duplicates(scope)

    def claimed(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        beyond, groups, counted = measured[self._duplicates(scope)]
        low, high = self.outside_share.limits
        sampled = self.at.sampled and high != 0
        seen = share_words(beyond, counted, "values", sampled=sampled) + (f" repeat one of {groups:,} values" if groups else " repeat another")
        statistic = share_of(beyond, counted, sampled=sampled)
        fix = f"remove the repeated rows where they are written; if {self.at.column} is no key, remove `unique`"
        return (Claim(self.says, statistic, low=low, high=high, unit="share", seen=seen, fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return repeated_rows(scope, self.at.of, self.at.where, (self.at.column,))

    def _duplicates(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.DUPLICATES, None, (self.at.column,), self.at.view(scope))


@dataclass(frozen=True)
class OrderItem(ColumnItem):
    """In file order the values that are not null only rise, or only fall."""

    direction: Literal["increasing", "decreasing"]
    strictly: bool

    @property
    def says(self) -> str:
        return f"values of {self.at.column} are {'strictly ' * self.strictly}{self.direction} in file order{slice_words(self.at.where)}"

    def asked(self, scope: Scope) -> Iterable[Request]:
        yield self.at.ask(scope, Op.NULLS)
        if self.misfit(scope) is None:
            yield self._breaks(scope)

    def claimed(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        n = self.at.values(scope, measured)
        if n and (fault := self.misfit(scope)):
            raise fault
        breaks = measured[self._breaks(scope)] if n else 0
        seen = f"{breaks:,} of {max(n - 1, 0):,} neighbours break the order"
        fix = "sort the file where it is written, or look for rows that were appended twice"
        return (Claim(self.says, Exact(breaks, n, breaks), high=0, unit="breaks", seen=seen, fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        shown = offending_rows(scope, self.at.of, self.at.view(scope), (self.at.column,))
        return replace(shown, unordered=(self.at.column, self.direction, self.strictly))

    def misfit(self, scope: Scope) -> MeasurementError | None:
        return unordered(self.at.type(scope), self.at.column, key=self.direction)

    def _breaks(self, scope: Scope) -> Aggregate:
        return self.at.ask(scope, Op.ORDER_BREAKS, self.direction, self.strictly)
