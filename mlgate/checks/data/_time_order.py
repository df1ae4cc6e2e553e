"""Training rows end before evaluation rows begin."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from mlgate.checks._columns_of import both, offending_rows, time_column
from mlgate.checks._moments import duration_words, moment
from mlgate.checks._shares import NONE
from mlgate.checks.data._apart import Apart, Seen, without
from mlgate.core.bound import Duration, ShareBound
from mlgate.core.claim import Claim
from mlgate.core.expression import Expression, quoted, text_literal
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request, Rows, Start
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing


class TimeOrder(BaseModel):
    """When the evaluation rows and the training rows are from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Annotated[str | None, Field(description="Time column of the evaluation rows; default: the `time` of `of`.")] = None
    against_column: Annotated[str | None, Field(description="Time column of the training rows; default: `column`, or the `time` of `against`.")] = (
        None
    )
    gap: Annotated[Duration | None, Field(description="Embargo: the least time between a training row and the first evaluation row.")] = None
    late_share: Annotated[ShareBound, Field(description="Bound on the share of training rows that are too late.")] = NONE


@dataclass(frozen=True)
class TimeOrderItem:
    """Every training row is earlier than the first evaluation row (by `gap` at least), up to a tolerated share."""

    takes_alpha: ClassVar[bool] = False
    at: Apart
    order: TimeOrder

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield from self.at.counts(scope)
        yield self._first(scope)
        yield from (self._compared(scope), self._last(scope), self._without_time(scope))

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        low, high = self.order.late_share.limits
        here, there = self.at.words
        early = "is earlier than" if not self.order.gap else f"is at least {duration_words(self.order.gap)} earlier than"
        some = f"the share of rows of {there} that are not {early.removeprefix('is ')} the first row of {here} is {self.order.late_share}"
        says = f"every row of {there} {early} the first row of {here}" if high == 0 else some
        if (nothing := self.at.nothing(scope, measured)) is not None:
            return (Claim(says, nothing, low=low, high=high, unit="share"),)
        rows = [measured[count] for count in self.at.counts(scope)]
        first, untimed = measured[self._first(scope)], measured[self._without_time(scope)]
        timed = rows[1] - untimed
        for side, known in ((here, first is not None), (there, timed > 0)):
            if not known:
                return (Claim(says, Nothing(f"no row of {side} has a time"), low=low, high=high, unit="share"),)
        counted = measured[self._compared(scope)]
        late = counted if self.order.gap else timed - counted
        begins, ends = (
            cell(_name(time), moment(value)) for time, value in zip(self._times(scope), (first, measured[self._last(scope)]), strict=True)
        )
        details = [
            f"{here} begins at {begins}, {there} ends at {ends}",
            *without(untimed, f"{there} without a time"),
        ]
        fix = "take these rows out of the training rows and retrain, or evaluate on later rows: a model that knows the future is judged too well"
        seen = Seen(late, timed, "are too late", details, fix)
        return (seen.claim(says, self.order.late_share),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        first = measured[self._first(scope)]
        if first is None:
            return None
        time = self._times(scope)[1]
        written = time.sql if isinstance(time, Expression) else f"CAST({quoted(time)} AS TIMESTAMP)"
        name = _name(time)
        start = moment(first) - datetime.timedelta(seconds=self.order.gap or 0.0)
        late = Expression(f"{written} {'>' if self.order.gap else '>='} CAST({text_literal(start.isoformat())} AS TIMESTAMP)", (name,))
        return offending_rows(scope, self.at.against, scope.view(self.at.against, where=both(self.at.against_where, late)), (name,))

    def _times(self, scope: Scope) -> tuple[str | Expression, str | Expression]:
        here = time_column(scope, self.at.of, self.order.column)
        there = time_column(scope, self.at.against, self.order.against_column or self.order.column)
        return here, there

    def _first(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.MIN, self._times(scope)[0], (), self.at.here(scope))

    def _last(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.MAX, self._times(scope)[1], (), self.at.there(scope))

    def _without_time(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.NULLS, self._times(scope)[1], (), self.at.there(scope))

    def _compared(self, scope: Scope) -> Aggregate:
        """With a gap the training rows after its beginning; else those before the first evaluation row, which are not late."""
        start = Start(self._first(scope), self.order.gap or 0.0)
        return Aggregate(Op.OUTSIDE, self._times(scope)[1], (None, start) if self.order.gap else (start, None), self.at.there(scope))


def _name(time: str | Expression) -> str:
    """The column that a time is read from."""
    return time.columns[0] if isinstance(time, Expression) else time
