"""Kind `freshness`: how old the newest row is."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from mlgate.checks._columns_of import time_column
from mlgate.checks._moments import duration_words, moment
from mlgate.checks._wording import slice_words
from mlgate.core.bound import Duration
from mlgate.core.check import Check, RowsName
from mlgate.core.claim import Claim
from mlgate.core.expression import Expression
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing


def _moment(value: Any) -> datetime.datetime:
    try:
        return moment(value)
    except ValueError:
        raise ValueError(f"a point in time is ISO text (2013-08-01T00:00:00), got {value!r}") from None


_Moment = Annotated[datetime.datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]


class Freshness(Check):
    """The newest value of a time column is within a duration of now.

    Units: durations with their unit (`90s`, `15m`, `36h`, `7d`); the age is judged in seconds. Times without a zone are taken for UTC, a date
    stands for its midnight. A newest value that lies in the future by more than `future_within` is a FAIL of its own (a broken clock or a
    local time written as UTC would else look fresh for ever); one that lies less far ahead has a negative age.

    Example:
        - {id: fresh, kind: freshness, of: current, column: time_hour, newest_within: 36h}
        - {id: july-whole, kind: freshness, of: current, newest_within: 1d, now: '2013-08-01T00:00:00'}

    Not for: gaps before the newest row (use `rows` with `per: day`).
    """

    family = "data"
    marks_values = True
    of: Annotated[RowsName, Field(description="The rows whose newest value is looked at.")]
    column: Annotated[str | None, Field(description="A date or timestamp column, or text in ISO form; default: the dataset's `time`.")] = None
    newest_within: Annotated[Duration, Field(description="Greatest age of the newest value.")]
    now: Annotated[_Moment | None, Field(description="The moment ages are counted from; default: the time of the run.")] = None
    future_within: Annotated[Duration, Field(description="How far ahead of now the newest value may lie.")] = 3600.0

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield self._count(scope)
        yield self._newest(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        n = measured[self._count(scope)]
        time = time_column(scope, self.of, self.column)
        name = time.columns[0] if isinstance(time, Expression) else time
        says = f"the newest {name} of {self.of} is within {duration_words(self.newest_within)} of now{slice_words(self.where)}"
        if n == 0:
            return (Claim(says, Nothing("no rows"), high=self.newest_within, unit="s"),)
        newest = measured[self._newest(scope)]
        if newest is None:
            seen = f"all {n:,} values of {name} are null"
            return (Claim(says, Exact(None, n), high=self.newest_within, unit="s", seen=seen, fix=f"fill {name}, or name another time column"),)
        return (self._aged(says, name, moment(newest), n),)

    def _aged(self, says: str, name: str, newest: datetime.datetime, n: int) -> Claim:
        now = self.now or datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        age_s = (now - newest).total_seconds()
        ahead = age_s < -self.future_within
        age = cell(name, duration_words(abs(age_s)))
        side = f"{age} {'in the future of' if age_s < 0 else 'before'} {now:%Y-%m-%d %H:%M:%S} UTC"
        seen = f"newest is {cell(name, f'{newest:%Y-%m-%d %H:%M:%S}')} UTC, {side}"
        fix = "start the load that should have brought newer rows"
        if ahead:
            seen += f"; a time further ahead than {duration_words(self.future_within)} is a broken clock or zone, not freshness"
            fix = "write times as UTC, or allow it with `future_within`"
        details = ("times without a zone are taken for UTC",)
        return Claim(says, Exact(age_s, n), low=-self.future_within, high=self.newest_within, unit="s", seen=seen, details=details, fix=fix)

    def _count(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.ROWS, None, (), scope.view(self.of, where=self.where))

    def _newest(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.MAX, time_column(scope, self.of, self.column), (), scope.view(self.of, where=self.where))
