"""The difference of two streams of bits, looked at again and again, from the first row on: no normal distribution, no burn-in.

The likelihood averaged over a Beta(1/2, 1/2) (pairs: Dirichlet(1/2, 1/2, 1/2)) prior, divided by the likelihood at the truth, is a martingale
that starts at 1 (Ville 1939; Robbins 1970, Ann. Math. Stat. 41:1397, doi 10.1214/aoms/1177696786), whatever the truth is and in whatever order
rows arrive; divided by the largest likelihood that a hypothesis allows, it can only be smaller. So 1 over that ratio is a p-value at every look.
It needs counts only, and in long streams it is wider than a normal mixture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlgate.core.statistic import Alternative

_HALVINGS = 50


@dataclass(frozen=True)
class _Cell:
    """Rows that have probability `a + d * delta + k * q`: delta is the difference, q the parameter that the hypothesis leaves open."""

    count: int
    a: float
    d: float
    k: float


@dataclass(frozen=True)
class BitsMixture:
    """Candidate minus baseline: the estimate `value`, and p-values and bounds that hold at every look at once."""

    value: float
    log_mixture: float
    cells: tuple[_Cell, ...]

    @classmethod
    def of_arms(cls, candidate: tuple[int, int], baseline: tuple[int, int]) -> BitsMixture:
        """Two independent arms, each as (ones, rows); both have rows."""
        (x1, n1), (x2, n2) = candidate, baseline
        cells = (_Cell(x1, 0, 1, 1), _Cell(n1 - x1, 1, -1, -1), _Cell(x2, 0, 0, 1), _Cell(n2 - x2, 1, 0, -1))
        return cls(x1 / n1 - x2 / n2, _averaged((x1, n1 - x1)) + _averaged((x2, n2 - x2)), cells)

    @classmethod
    def of_pairs(cls, *, more: int, fewer: int, pairs: int) -> BitsMixture:
        """Pairs of bits of one request: `more` where only the candidate's is 1, `fewer` where only the baseline's is."""
        equal = pairs - more - fewer
        cells = (_Cell(more, 0, 1, 1), _Cell(fewer, 0, 0, 1), _Cell(equal, 1, -1, -2))
        return cls((more - fewer) / pairs, _averaged((more, fewer, equal)), cells)

    def pvalue(self, null: float, alternative: Alternative) -> float:
        """One-sided p-value of H0 "true difference = null" (and of everything on its far side)."""
        if (self.value <= null) if alternative == "greater" else (self.value >= null):
            return 1.0
        return math.exp(-max(0.0, self._log_evidence(null)))

    def bound(self, error: float, *, upper: bool) -> float:
        """The one-sided bound at `error`: nulls beyond it have a p-value of at most `error`. Within [-1, 1]."""
        target, far, near = -math.log(error), 1.0 if upper else -1.0, self.value
        if self._log_evidence(far) < target:
            return far
        for _ in range(_HALVINGS):
            middle = (far + near) / 2
            if self._log_evidence(middle) >= target:
                far = middle
            else:
                near = middle
        return far

    def _log_evidence(self, delta: float) -> float:
        """Averaged likelihood over the largest one with the difference `delta`, as a logarithm; infinite where delta is impossible."""
        cells = [cell for cell in self.cells if cell.count]
        low = max(-(cell.a + cell.d * delta) / cell.k for cell in self.cells if cell.k > 0)
        high = min(-(cell.a + cell.d * delta) / cell.k for cell in self.cells if cell.k < 0)
        if low > high:
            return math.inf
        for _ in range(_HALVINGS):  # the likelihood is log-concave in q: halve towards its top
            q = (low + high) / 2
            shares = [cell.a + cell.d * delta + cell.k * q for cell in cells]
            if min(shares) <= 0:
                break
            if sum(cell.count * cell.k / share for cell, share in zip(cells, shares, strict=True)) > 0:
                low = q
            else:
                high = q
        q = (low + high) / 2
        shares = [cell.a + cell.d * delta + cell.k * q for cell in cells]
        if min(shares) <= 0:
            return math.inf
        return self.log_mixture - sum(cell.count * math.log(share) for cell, share in zip(cells, shares, strict=True))


def _averaged(counts: tuple[int, ...]) -> float:
    """The logarithm of the likelihood of `counts`, averaged over Jeffreys' prior."""
    whole = len(counts) / 2
    parts = sum(math.lgamma(count + 0.5) - math.lgamma(0.5) for count in counts)
    return math.lgamma(whole) - math.lgamma(sum(counts) + whole) + parts
