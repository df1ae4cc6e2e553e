"""The normal mixture: bounds and p-values for a sum that is looked at again and again.

`s` is a sum of centred values and `v` its variance so far; under the hypothesis exp(l s - l^2 v / 2) is a martingale (asymptotically, for any
values with a variance) for every l, and so is its mixture over a normal l with variance 1 / `rho`. Ville's inequality then bounds the chance that
it ever exceeds 1 / alpha. Howard, Ramdas, McAuliffe and Sekhon (2021, Ann. Statist. 49:1055, doi 10.1214/20-AOS1991); as asymptotic confidence
sequence Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024, Ann. Statist. 52:2613, doi 10.1214/24-AOS2408). Checked against numbers of their
package confseq.
"""

from __future__ import annotations

import math

from scipy.optimize import brentq
from scipy.special import log_ndtr


def mixing(v_opt: float, *, alpha: float) -> float:
    """The `rho` for which a two-sided bound at `alpha` is tightest at the variance `v_opt` (both above 0), to be fixed before the first look."""
    reach = 2 * math.log(1 / alpha)
    return v_opt / (reach + math.log1p(reach))


def two_sided(v: float, *, rho: float, alpha: float) -> float:
    """What the absolute sum exceeds at any time with probability `alpha` at most, where its variance is `v`."""
    return math.sqrt((v + rho) * math.log((v + rho) / (rho * alpha**2)))


def one_sided(v: float, *, rho: float, error: float) -> float:
    """What the sum exceeds at any time with probability `error` (below 1/2) at most: hardly more than the two-sided bound at twice the error."""
    low = two_sided(v, rho=rho, alpha=2 * error)
    ratio = math.exp(low**2 / (2 * (v + rho)))  # the bound with ratio + 1 under its logarithm is valid, and a little too wide
    high = math.sqrt(2 * (v + rho) * math.log(ratio + 1))
    target, slack = -math.log(error), 1e-12 * high
    return float(brentq(lambda s: log_evidence(s, v, rho=rho) - target, low - slack, high + slack, xtol=slack, rtol=1e-14))


def log_evidence(s: float, v: float, *, rho: float) -> float:
    """The logarithm of the one-sided mixture at the sum `s`: exp(-this) is an upper bound of the p-value, valid at every look. Increases in `s`."""
    spread = v + rho
    return math.log(2) + 0.5 * math.log(rho / spread) + s**2 / (2 * spread) + float(log_ndtr(s / math.sqrt(spread)))
