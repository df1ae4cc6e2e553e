"""Corrupter `shift`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.core.corrupter import Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np


class Shift(Corrupter):
    """The population moved or a sensor was recalibrated: every number lies one standard deviation higher.

    Numeric columns that are neither key nor label; nulls stay null, a column without spread moves by 1.
    """

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        import numpy as np

        moved = {}
        for name in target.numeric:
            values = target.values.numbers(name)
            finite = values[np.isfinite(values)]
            moved[name] = values + (float(finite.std()) if finite.size and finite.std() > 0 else 1.0)
        return Damage(numbers=moved) if moved else None
