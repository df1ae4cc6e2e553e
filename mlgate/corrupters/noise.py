"""Corrupter `noise`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.core.corrupter import Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np


class Noise(Corrupter):
    """A sensor or a join became unreliable: every number has noise as large as its own spread added.

    Normal with the standard deviation of the column; numeric columns that are neither key nor label; nulls stay null.
    """

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        import numpy as np

        made = {}
        for name in target.numeric:
            values = target.values.numbers(name)
            finite = values[np.isfinite(values)]
            made[name] = values + rng.normal(0.0, float(finite.std()) if finite.size else 0.0, target.n)
        return Damage(numbers=made) if made else None
