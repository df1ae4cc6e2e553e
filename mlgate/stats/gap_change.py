"""How much the largest gap between groups changes from one model to another on the same rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.normal import quantile, tail_of


@dataclass(frozen=True, slots=True)
class PairedValue:
    """A rate or metric of both models in one group, with the variances of the two and of their difference on the same `n_obs` rows."""

    candidate: float
    baseline: float
    candidate_variance: float
    baseline_variance: float
    difference_variance: float
    n_obs: int


@dataclass(frozen=True)
class GapChange:
    """The candidate's gap minus the baseline's, each being the largest difference between two of the groups; groups share no rows.

    A gap is a maximum, so its estimate is not normal where groups are alike; the bounds need no distribution of it. The change is above c where for
    some pair p of groups the candidate's difference in p lies above every difference of the baseline by more than c; below where for every pair p
    there is one. So with k ordered pairs: "above" is shown at k times the smallest over p of the largest p-value over the baseline's pairs q
    (Bonferroni over p, Berger's 1982 intersection-union over q), "below" at the largest over p of twice the p-value of p against itself or 2 k times
    the smallest over q. Each comparison is a normal one of four estimates with the covariance of the models within a group. Never errs more often
    than its normal parts do, whatever the true gaps are; checked by simulation.
    """

    groups: tuple[PairedValue, ...]
    flags: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        new, old = ([one.candidate for one in self.groups], [one.baseline for one in self.groups])
        return (max(new) - min(new)) - (max(old) - min(old))

    @property
    def n_obs(self) -> int:
        return sum(one.n_obs for one in self.groups)

    @property
    def standard_error(self) -> float:
        """Of the change in the pair with the candidate's largest difference; plans sample sizes, decides nothing."""
        leading = int(np.argmax(self._pairs @ self._column("candidate")))
        return float(self._tables[1][leading, leading])

    def interval(self, confidence_level: float) -> Interval:
        tail, k = tail_of(confidence_level), len(self._pairs)
        change, error = self._tables
        own = np.diag(change) + quantile(tail / 2) * np.diag(error)
        other = (change + quantile(tail / (2 * k)) * error).min(axis=1)
        low = (change - quantile(tail / k) * error).min(axis=1).max()
        return Interval(float(low), float(np.minimum(own, other).max()), confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        k = len(self._pairs)
        change, error = self._tables
        if alternative == "greater":
            return min(1.0, k * float(_beyond(change - null, error).max(axis=1).min()))
        below = _beyond(null - change, error)
        return min(1.0, float(np.minimum(2 * np.diag(below), 2 * k * below.min(axis=1)).max()))

    @cached_property
    def _pairs(self) -> NDArray[np.float64]:
        """(k, groups): 1 and -1 at the groups of each ordered pair."""
        count = len(self.groups)
        first, second = np.nonzero(~np.eye(count, dtype=bool))
        table = np.zeros((len(first), count))
        table[np.arange(len(first)), first], table[np.arange(len(first)), second] = 1.0, -1.0
        return table

    @cached_property
    def _tables(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(k, k): the candidate's difference in pair p minus the baseline's in pair q, and its standard error."""
        pairs, squares = self._pairs, np.abs(self._pairs)
        new, old, both = (self._column(f"{name}_variance") for name in ("candidate", "baseline", "difference"))
        shared = (new + old - both) / 2
        change = (pairs @ self._column("candidate"))[:, None] - (pairs @ self._column("baseline"))[None, :]
        variance = (squares @ new)[:, None] + (squares @ old)[None, :] - 2 * (pairs * shared) @ pairs.T
        return change, np.sqrt(np.maximum(variance, 0.0))

    def _column(self, name: str) -> NDArray[np.float64]:
        return np.array([getattr(one, name) for one in self.groups], dtype=np.float64)


def _beyond(above: NDArray[np.float64], error: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normal probability of a gap of `above` or more by chance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        points = np.where(error > 0, above / error, np.where(above > 0, math.inf, -math.inf))
    found: NDArray[np.float64] = ndtr(-points)
    return found
