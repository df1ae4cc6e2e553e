"""How many rows would decide, and what these rows could have shown: from a standard error alone."""

from __future__ import annotations

import math

from mlgate.stats.normal import exceedance, quantile


def required_rows(*, standard_error: float, n_obs: int, margin: float, alpha: float, power: float) -> int:
    """Rows that would resolve `margin` (> 0, same unit as `standard_error`) at one-sided level `alpha` with probability `power`.

    `standard_error` is what `n_obs` rows gave; it shrinks with the root of the rows. At least 1. Raises `ValueError` for a margin that
    is not above 0 or an infinite error: then no number of rows is known to do.
    """
    _require_positive(margin, "margin")
    if not 0 <= standard_error < math.inf:
        raise ValueError(f"standard_error is finite and at least 0, got {standard_error!r}")
    return max(1, math.ceil(n_obs * (_reach(alpha, power) * standard_error / margin) ** 2))


def detectable(*, standard_error: float, alpha: float, power: float) -> float:
    """The smallest true difference that these rows show at one-sided level `alpha` with probability `power`."""
    return _reach(alpha, power) * standard_error


def rows_for_margin(*, discordance: float, margin: float, alpha: float, power: float) -> int:
    """Rows for which a paired 0/1 comparison of equally good models passes `margin` with probability `power`.

    `discordance` in [0, 1] is the share of rows on which exactly one of the two models is right: known from any two past models (Liu et al.
    2002, doi 10.1002/sim.1012; for margins in (0, 1)). Never fewer than the rows on which even identical predictions pass (Tango).
    """
    _require_positive(margin, "margin")
    if not margin < 1 or not 0 <= discordance <= 1:
        raise ValueError(f"margin is below 1 and discordance in [0, 1], got {margin!r} and {discordance!r}")
    identical = quantile(alpha) ** 2 * (1 - margin) / margin
    return max(math.floor(identical) + 1, math.ceil(_reach(alpha, power) ** 2 * discordance / margin**2))


def chance_of_passing(*, standard_error: float, below: float, above: float, alpha: float) -> float:
    """The probability in [0, 1] that both one-sided bounds at level `alpha` lie inside the claim.

    The truth lies `below` (>= 0, infinite where open) from the upper end and `above` from the lower one. Phi(delta / SE - z) for one margin
    (Schuirmann 1987, doi 10.1007/BF01068419, for two, as the sum of both less 1); normal, so a planning number that decides nothing.
    """
    if not 0 < standard_error < math.inf:
        raise ValueError(f"standard_error is finite and above 0, got {standard_error!r}")
    z = quantile(alpha)
    shares = [1 - exceedance(distance / standard_error - z) for distance in (below, above) if distance < math.inf]
    return max(0.0, sum(shares) - (len(shares) - 1)) if shares else 1.0


def smallest_shown(*, standard_error: float, margin: float, alpha: float, power: float, dual: bool) -> float:
    """The smallest true distance from "no change" that these rows FAIL with probability `power`, in the unit of `standard_error`.

    A strict FAIL proves more than `margin`; the dual criterion rejects "no change" and needs an estimate of at least `margin` besides.
    """
    z = quantile(alpha) * standard_error
    aimed = max(z, margin) if dual else margin + z
    return aimed + quantile(1 - power) * standard_error


def _reach(alpha: float, power: float) -> float:
    """Standard errors between the truth and the margin. A power below alpha needs none."""
    for word, share in (("alpha", alpha), ("power", power)):
        if not 0 < share < 1:
            raise ValueError(f"{word} is a number in (0, 1), got {share!r}")
    return max(0.0, quantile(alpha) + quantile(1 - power))


def _require_positive(amount: float, word: str) -> None:
    if not amount > 0:
        raise ValueError(f"{word} is above 0, got {amount!r}")
