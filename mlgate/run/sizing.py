"""How many rows would decide a sampled claim."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mlgate.core.claim import Claim
from mlgate.core.statistic import Statistic
from mlgate.stats.normal import quantile
from mlgate.stats.power import required_rows


def deciding_rows(claim: Claim, *, error_of_pass: float, share: float, power: float, undecided: bool) -> int | None:
    """Rows with which the claim is decided with probability `power`, None where no number of rows is known to do.

    Planned for a candidate without change where the claim has a value of no change (`null`), else for the estimate as it is: to show that it
    is inside its bound at `error_of_pass`, or outside at `share`. For an undecided claim the number is larger than the rows at hand, unless a
    flag and not the width of the interval stands in the way.
    """
    statistic, found = claim.statistic, None
    assert isinstance(statistic, Statistic)
    for truth in _truths(claim, statistic.value):
        bound = min(claim.ends(), key=lambda end: abs(truth - end))
        error = error_of_pass if _inside(claim, truth) else share
        spread = _spread(statistic, error, upwards=bound > truth)
        margin = abs(truth - bound)
        if margin > 0 and 0 < spread < math.inf:
            found = required_rows(standard_error=spread, n_obs=statistic.n_obs, margin=margin, alpha=error, power=power)
            if not undecided or found > statistic.n_obs:
                return found
    return None if undecided else found


def _truths(claim: Claim, value: float) -> Iterator[float]:
    if claim.null is not None and _inside(claim, claim.null):
        yield claim.null
    yield value


def _inside(claim: Claim, value: float) -> bool:
    """Strictly inside the bounds."""
    low, high = claim.ends()
    return low < value < high


def _spread(statistic: Statistic, error: float, *, upwards: bool) -> float:
    """The standard error that would give the bound on this side: score, exact and band intervals are wider or narrower than normal ones."""
    interval = statistic.interval(1 - 2 * error)
    reach = interval.high - statistic.value if upwards else statistic.value - interval.low
    return reach / quantile(error) if reach > 0 else statistic.standard_error
