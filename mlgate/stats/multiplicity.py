"""Several p-values at once: Holm's step-down adjustment, valid under any dependence."""

from __future__ import annotations

from collections.abc import Sequence


def holm(pvalues: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values in the order given: reject those at most alpha, and the chance of any false rejection is at most alpha.

    Holm (1979, Scand. J. Stat. 6:65); checked against R p.adjust on Benjamini and Hochberg (1995). Raises `ValueError` for a p outside [0, 1].
    """
    if any(not 0 <= p <= 1 for p in pvalues):
        raise ValueError(f"p-values are in [0, 1], got {list(pvalues)!r}")
    adjusted = [1.0] * len(pvalues)
    largest = 0.0
    for rejected, index in enumerate(sorted(range(len(pvalues)), key=pvalues.__getitem__)):
        largest = max(largest, min(1.0, pvalues[index] * (len(pvalues) - rejected)))
        adjusted[index] = largest
    return tuple(adjusted)
