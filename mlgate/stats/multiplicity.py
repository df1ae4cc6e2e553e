"""Several p-values at once: Holm's step-down adjustment, valid under any dependence."""

from __future__ import annotations

from collections.abc import Sequence


def holm(pvalues: Sequence[float], weights: Sequence[float] | None = None) -> tuple[float, ...]:
    """Adjusted p-values in the order given: reject those at most alpha, and the chance of any false rejection is at most alpha.

    `weights` (at least 0) say how much of alpha each may spend; equal where None. A weight of 0 is never rejected (p 1). Holm (1979, Scand. J.
    Stat. 6:65); checked against R p.adjust on Benjamini and Hochberg (1995). Raises `ValueError` for a p outside [0, 1].
    """
    shares = [1.0] * len(pvalues) if weights is None else list(weights)
    if len(shares) != len(pvalues) or any(not share >= 0 for share in shares):
        raise ValueError(f"expected {len(pvalues)} weights of at least 0, got {shares!r}")
    if any(not 0 <= p <= 1 for p in pvalues):
        raise ValueError(f"p-values are in [0, 1], got {list(pvalues)!r}")
    adjusted = [1.0] * len(pvalues)
    positive = [index for index, share in enumerate(shares) if share > 0]
    remaining, largest = sum(shares), 0.0
    for index in sorted(positive, key=lambda index: pvalues[index] / shares[index]):
        # a rounded remainder must not fall below the one weight that is left
        largest = max(largest, min(1.0, pvalues[index] * max(remaining / shares[index], 1.0)))
        adjusted[index] = largest
        remaining -= shares[index]
    return tuple(adjusted)
