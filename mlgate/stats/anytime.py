"""The difference of two means in streams that are still growing: its interval and p-values hold at every look at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from mlgate.core.statistic import Alternative, Interval
from mlgate.stats.bits_mixture import BitsMixture
from mlgate.stats.normal import quantile, smallest_standard_error, tail_of
from mlgate.stats.power_sums import PowerSums
from mlgate.stats.sequential import log_evidence, mixing, one_sided

BURN_IN_ROWS = 400  # per arm
BURN_IN_EVENTS = 25
LARGE_SKEW = 0.3
_TUNED_FOR = 0.05  # one-sided error at which the bound is tightest where it was expected to be
_EXACT_PART = 0.1  # of the error goes to the bound that holds from the first row on, where there is one


@dataclass(frozen=True, kw_only=True)
class Anytime:
    """candidate - baseline, or candidate - ratio * baseline.

    `spread` is the standard error of `value` at this look, `rows` the rows of one arm that are worth as much (the harmonic mean of both arms, or
    the pairs), `expected` the rows at which the bounds are tightest. After the burn-in (400 rows an arm; of bits also 25 of the rarer value, or
    of pairs that differ) the normal mixture speaks, asymptotically; `exact` speaks of bits at every look, with a tenth of the error. Before it, and
    without bits, nothing is said: the interval is the whole line. `standard_error` is the larger one that plans with such bounds.
    Simulated in tests/validity: without a difference, of 100 looks, at most 5 % of streams ever raise a false alarm.
    """

    value: float
    spread: float
    n_obs: int
    rows: float
    expected: float
    warm: bool
    exact: BitsMixture | None = None
    flags: tuple[str, ...] = ()

    @classmethod
    def of_arms(cls, candidate: PowerSums, baseline: PowerSums, *, expected: float, ratio: float = 1.0) -> Self:
        """Requests that went to one of two models. Both arms have values."""
        arms = (candidate, baseline)
        bits = ratio == 1 and not (candidate.odd or baseline.odd)
        exact = None
        rarer = BURN_IN_EVENTS
        if bits:
            exact = BitsMixture.of_arms(*((round(arm.total), arm.values) for arm in arms))
            ones = round(candidate.total + baseline.total)
            rarer = min(ones, candidate.values + baseline.values - ones)
        spread = math.sqrt(candidate.variance / candidate.values + ratio**2 * baseline.variance / baseline.values)
        smallest = min(arm.values for arm in arms)
        return cls(
            value=candidate.mean - ratio * baseline.mean,
            spread=spread,
            n_obs=candidate.values + baseline.values,
            rows=2 / (1 / candidate.values + 1 / baseline.values),
            expected=expected,
            warm=smallest >= BURN_IN_ROWS and rarer >= BURN_IN_EVENTS and spread > 0,
            exact=exact,
            flags=() if bits else _flags(arms, smallest, "rows in an arm", spread),
        )

    @classmethod
    def of_pairs(cls, difference: PowerSums, *, bits: bool, expected: float) -> Self:
        """Requests that both models answered: `difference` of what they did, of `bits` in -1, 0, 1. There are values."""
        pairs, spread = difference.values, math.sqrt(difference.variance / difference.values)
        exact, differing = None, BURN_IN_EVENTS
        if bits:
            balance, differing = round(difference.total), round(difference.squares)
            exact = BitsMixture.of_pairs(more=(differing + balance) // 2, fewer=(differing - balance) // 2, pairs=pairs)
        return cls(
            value=difference.mean,
            spread=spread,
            n_obs=pairs,
            rows=pairs,
            expected=expected,
            warm=pairs >= BURN_IN_ROWS and differing >= BURN_IN_EVENTS and spread > 0,
            exact=exact,
            flags=() if bits else _flags((difference,), pairs, "pairs", spread),
        )

    @property
    def standard_error(self) -> float:
        if self.warm:
            return self.spread * self._reach(_TUNED_FOR) / quantile(_TUNED_FOR)
        return max(self.spread, smallest_standard_error(self.n_obs)) if self.exact else math.inf

    def interval(self, confidence_level: float) -> Interval:
        """Each end is crossed at some look with probability (1 - confidence_level) / 2 at most."""
        error = tail_of(confidence_level)
        low, high = -math.inf, math.inf
        if self.exact is not None:
            low = self.exact.bound(_EXACT_PART * error, upper=False)
            high = self.exact.bound(_EXACT_PART * error, upper=True)
        if self.warm:
            reach = self.spread * self._reach(self._part * error)
            low, high = max(low, self.value - reach), min(high, self.value + reach)
        return Interval(low, high, confidence_level)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        found = 1.0
        if self.exact is not None:
            found = self.exact.pvalue(null, alternative) / _EXACT_PART
        if self.warm:
            above = self.value - null if alternative == "greater" else null - self.value
            evidence = log_evidence(above / self.spread * math.sqrt(self.rows), self.rows, rho=self._rho)
            found = min(found, math.exp(-max(0.0, evidence)) / self._part)
        return min(1.0, found)

    @property
    def _part(self) -> float:
        """The part of the error that the normal mixture has."""
        return 1.0 if self.exact is None else 1 - _EXACT_PART

    @property
    def _rho(self) -> float:
        return mixing(self.expected, alpha=2 * _TUNED_FOR)

    def _reach(self, error: float) -> float:
        """Standard errors from the estimate to the bound at `error`."""
        return one_sided(self.rows, rho=self._rho, error=error) / math.sqrt(self.rows)


def _flags(streams: tuple[PowerSums, ...], smallest: int, what: str, spread: float) -> tuple[str, ...]:
    if smallest < BURN_IN_ROWS:
        return (f"{smallest:,} {what}, and nothing is said of a mean before {BURN_IN_ROWS}",)
    if not spread:
        return ("all values are equal, so that nothing is known of their spread",)
    weight = max(abs(one.skewness) / math.sqrt(one.values) for one in streams)
    return (f"few rows dominate the mean (|skewness| / sqrt(n) is {weight:.2f}, at most {LARGE_SKEW})",) if weight > LARGE_SKEW else ()
