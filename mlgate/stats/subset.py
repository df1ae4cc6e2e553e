"""A statistic as one of more rows, or with reasons not to trust it."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.core.statistic import Alternative, Interval, Statistic


@dataclass(frozen=True, kw_only=True)
class OfSubset:
    """What `inner` says of a subset (the rows of one class, say), counted in all `n_obs` rows that were drawn to find it.

    Sample sizes are planned in drawn rows, so `n_obs` and `standard_error` belong together; bounds and p-values are those of `inner`, `flags` its
    own reasons and others.
    """

    inner: Statistic
    n_obs: int
    flags: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        return self.inner.value

    @property
    def standard_error(self) -> float:
        return self.inner.standard_error

    def interval(self, confidence_level: float) -> Interval:
        return self.inner.interval(confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        return self.inner.pvalue(null, alternative)
