"""Corrupter `null_burst`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.core.corrupter import NULL, Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np

SHARE = 0.2


class NullBurst(Corrupter):
    """A service that enriches rows was down for a while: a fifth of the rows, one after the other, is null in every feature."""

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        import numpy as np

        if not target.features or not target.n:
            return None
        size = max(1, round(SHARE * target.n))
        start = int(rng.integers(target.n - size + 1))
        taken = np.arange(target.n)
        taken[start : start + size] = NULL
        return Damage(cells=dict.fromkeys(target.features, taken))
