"""Corrupter `swapped_labels`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.core.corrupter import Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np

SHARE = 0.3


class SwappedLabels(Corrupter):
    """Labels were joined to the wrong rows: 30 % of the rows carry the label of another one."""

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        import numpy as np

        if target.label is None or target.n < 2:
            return None
        taken = np.arange(target.n)
        some = rng.choice(target.n, max(2, round(SHARE * target.n)), replace=False)
        taken[some] = np.roll(some, 1)
        return Damage(cells={target.label: taken})
