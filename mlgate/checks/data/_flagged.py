"""A statistic with a reason not to trust a PASS from it."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.core.statistic import Alternative, Interval, Statistic


@dataclass(frozen=True)
class Flagged:
    """A statistic with one more reason why a PASS from it must not be trusted."""

    of: Statistic
    flag: str

    @property
    def value(self) -> float:
        return self.of.value

    @property
    def n_obs(self) -> int:
        return self.of.n_obs

    @property
    def standard_error(self) -> float:
        return self.of.standard_error

    @property
    def flags(self) -> tuple[str, ...]:
        return (*self.of.flags, self.flag)

    def interval(self, confidence_level: float) -> Interval:
        return self.of.interval(confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        return self.of.pvalue(null, alternative)
