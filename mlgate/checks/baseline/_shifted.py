"""A statistic moved along its axis, for relative margins."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.core.statistic import Alternative, Interval, Statistic


@dataclass(frozen=True, slots=True)
class Shifted:
    """`inner` + `by`: candidate - ratio * baseline, tested against 0, shown as candidate - baseline against its margin.

    `by` is (ratio - 1) * baseline's estimate; the test is that of `inner`, which accounts for the baseline being an estimate too.
    """

    inner: Statistic
    by: float

    @property
    def value(self) -> float:
        return self.inner.value + self.by

    @property
    def n_obs(self) -> int:
        return self.inner.n_obs

    @property
    def standard_error(self) -> float:
        return self.inner.standard_error

    @property
    def flags(self) -> tuple[str, ...]:
        return self.inner.flags

    def interval(self, confidence_level: float) -> Interval:
        inner = self.inner.interval(confidence_level)
        return Interval(inner.low + self.by, inner.high + self.by, confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        return self.inner.pvalue(null - self.by, alternative)
