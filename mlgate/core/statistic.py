"""What is known of a number: exactly, or with the uncertainty of a sample. The two differ by type, not by a flag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol, runtime_checkable

Alternative = Literal["less", "greater"]
Number = bool | int | float
Value = Number | Decimal | str | date | datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided interval; each end is a one-sided bound at (1 + confidence_level) / 2."""

    low: float
    high: float
    confidence_level: float


@runtime_checkable
class Statistic(Protocol):
    """An estimate from a sample.

    `value` is the estimate, `n_obs` the number of independent rows (or clusters) behind it, `standard_error` the one that plans sample
    sizes, `flags` the reasons (sentences) why a PASS from it must not be trusted; an empty tuple where there are none.
    """

    @property
    def value(self) -> float: ...
    @property
    def n_obs(self) -> int: ...
    @property
    def standard_error(self) -> float: ...
    @property
    def flags(self) -> tuple[str, ...]: ...

    def interval(self, confidence_level: float) -> Interval:
        """Two-sided interval at `confidence_level` in (0, 1)."""
        ...

    def pvalue(self, null: float, alternative: Alternative) -> float:
        """One-sided p-value of H0 "true value = null" against `alternative`, in [0, 1]."""
        ...


@dataclass(frozen=True, slots=True)
class Exact:
    """A count or a statistic of all the data at hand: compared as it is, never tested.

    `n_obs` is the number of rows (or values) it is about, `violations` the number of offending ones where that makes sense.
    """

    value: Value | None
    n_obs: int
    violations: int | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """No rows to judge: INCONCLUSIVE, or NOT_APPLICABLE where the check says `when_empty: skip`; never PASS."""

    why: str
