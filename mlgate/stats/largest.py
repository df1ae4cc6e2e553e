"""The largest of several quantities, each with an estimate of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from mlgate.core.statistic import Alternative, Interval, Statistic


@dataclass(frozen=True)
class _Extreme(ABC):
    """What the largest and the smallest of several values have in common: they speak by the estimate that leads."""

    of: tuple[Statistic, ...]

    @property
    @abstractmethod
    def leading(self) -> Statistic: ...

    @property
    def value(self) -> float:
        return self.leading.value

    @property
    def n_obs(self) -> int:
        return self.leading.n_obs

    @property
    def standard_error(self) -> float:
        return self.leading.standard_error

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(flag for one in self.of for flag in one.flags))


@dataclass(frozen=True)
class Largest(_Extreme):
    """The largest of k true values, by their estimates: it is above a bound where one is, below it where all are.

    That one is above is shown at k times the smallest p-value (Bonferroni), that all are below at the largest (Berger 1982, Technometrics 24:295,
    doi 10.2307/1267823): valid however the estimates depend on each other, and whichever was looked at first. The lower end of an interval is at
    tail / k for each, the upper end at tail.
    """

    @property
    def leading(self) -> Statistic:
        return max(self.of, key=lambda one: one.value)

    def interval(self, confidence_level: float) -> Interval:
        tail = (1 - confidence_level) / 2
        low = max(one.interval(1 - 2 * tail / len(self.of)).low for one in self.of)
        return Interval(low, max(one.interval(confidence_level).high for one in self.of), confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        each = [one.pvalue(null, alternative) for one in self.of]
        return min(1.0, len(each) * min(each)) if alternative == "greater" else max(each)


@dataclass(frozen=True)
class Smallest(_Extreme):
    """The smallest of k true values, by their estimates: `Largest` turned round."""

    @property
    def leading(self) -> Statistic:
        return min(self.of, key=lambda one: one.value)

    def interval(self, confidence_level: float) -> Interval:
        tail = (1 - confidence_level) / 2
        high = min(one.interval(1 - 2 * tail / len(self.of)).high for one in self.of)
        return Interval(min(one.interval(confidence_level).low for one in self.of), high, confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        each = [one.pvalue(null, alternative) for one in self.of]
        return min(1.0, len(each) * min(each)) if alternative == "less" else max(each)
