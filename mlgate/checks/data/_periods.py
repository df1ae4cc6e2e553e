"""Rows per calendar period, with the periods that are missing."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mlgate.checks._moments import moment
from mlgate.core.expression import Expression, quoted
from mlgate.core.marked import cell

Period = Literal["hour", "day", "week", "month"]
_EPOCH = datetime.datetime(1969, 12, 29)  # a Monday, so that weeks are counted from Mondays
_LENGTH_S = {"hour": 3600, "day": 86400, "week": 7 * 86400}
LISTED = 5


def period_of(per: Period, time: str | Expression) -> Expression:
    """The beginning of the period a row falls into."""
    sql, columns = (time.sql, time.columns) if isinstance(time, Expression) else (quoted(time), (time,))
    return Expression(f"DATE_TRUNC('{per}', {sql})", columns)


@dataclass(frozen=True)
class PeriodCounts:
    """Rows by the number of the period; numbers count periods since a fixed day, so that a gap is a gap in the numbers."""

    per: Period
    column: str
    rows: Mapping[int, int]
    untimed: int

    @classmethod
    def read(cls, per: Period, column: str, answer: Mapping[tuple[Any, ...], int]) -> PeriodCounts:
        """From the answer to `Counts(by=(period_of(..),))` of a time column."""
        rows: dict[int, int] = {}
        untimed = 0
        for (start,), count in answer.items():
            if start is None:
                untimed += count
            else:
                number = _number(per, moment(start))
                rows[number] = rows.get(number, 0) + count
        return cls(per, column, rows, untimed)

    def __len__(self) -> int:
        return max(self.rows) - min(self.rows) + 1 if self.rows else 0

    @property
    def first_name(self) -> str:
        return self._name(min(self.rows))

    @property
    def last_name(self) -> str:
        return self._name(max(self.rows))

    def outside(self, low: float | None, high: float | None) -> tuple[list[str], int]:
        """(the first few periods outside the closed bound as "name: rows", how many there are); a missing period has 0 rows."""

        def breaks(count: int) -> bool:
            return (low is not None and count < low) or (high is not None and count > high)

        total = sum(breaks(count) for count in self.rows.values())
        if breaks(0):
            total += len(self) - len(self.rows)
        listed = []
        for number in self._candidates(missing=breaks(0)):
            if breaks(self.rows.get(number, 0)):
                listed.append(f"{self._name(number)}: {self.rows.get(number, 0):,}")
            if len(listed) == LISTED:
                break
        return listed, total

    def _name(self, number: int) -> str:
        return cell(self.column, _name(self.per, number))

    def _candidates(self, *, missing: bool) -> Iterator[int]:
        """Periods in order of time; those without rows only where they could break the bound (there may be millions)."""
        return iter(range(min(self.rows), max(self.rows) + 1)) if missing else iter(sorted(self.rows))


def _number(per: Period, start: datetime.datetime) -> int:
    if per == "month":
        return start.year * 12 + start.month - 1
    return int((start - _EPOCH).total_seconds() // _LENGTH_S[per])


def _name(per: Period, number: int) -> str:
    if per == "month":
        return f"{number // 12:04d}-{number % 12 + 1:02d}"
    start = _EPOCH + datetime.timedelta(seconds=number * _LENGTH_S[per])
    return start.isoformat(sep=" ", timespec="minutes") if per == "hour" else start.date().isoformat()
