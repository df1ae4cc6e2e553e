"""Kind `weekday_share`: no weekday is missing or swollen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from mlgate.core.bound import ShareBound
from mlgate.core.check import Check, RowsName
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.measured import Measured
from mlgate.core.request import Counts, Request
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.verdict import Family

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class WeekdayShare(Check):
    """Each weekday has its share of the rows.

    Units: `share` is a bound on the share in [0, 1] of the rows with a date that fall on each of the seven weekdays.

    Example:
        - {id: weekdays, kind: weekday_share, of: deliveries, column: day, share: {at_least: 0.05}}

    Not for: single days that are missing (use `rows` with `per: day`).
    """

    family: ClassVar[Family] = "data"
    of: Annotated[RowsName, Field(description="The rows.")]
    column: Annotated[str, Field(description="A date or timestamp column.")]
    share: Annotated[ShareBound, Field(description="Bound on the share of each weekday.")]

    def requests(self, scope: Scope) -> Iterable[Request]:
        types = scope.schema(scope.dataset_of(self.of)).types
        if types.get(self.column) not in ("date", "timestamp"):
            raise MeasurementError(f"column {self.column!r} is {types.get(self.column, 'missing')}, not a date or timestamp")
        yield self._by_weekday(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        counts = {weekday: count for (weekday,), count in measured[self._by_weekday(scope)].items() if weekday is not None}
        low, high = self.share.limits
        total = sum(counts.values())
        if not total:
            return (Claim(f"{self.of} has rows on every weekday", Nothing("no rows with a date")),)
        return tuple(
            Claim(f"the share of {day}s is {self.share}", Exact(counts.get(number, 0) / total, total), low, high, unit="share", part=day)
            for number, day in enumerate(DAYS, start=1)
        )

    def _by_weekday(self, scope: Scope) -> Counts:
        return Counts((Expression(f'ISODOW("{self.column}")', (self.column,)),), scope.view(self.of, where=self.where))
