"""Corrupter `unit_change`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.core.corrupter import Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np

FACTOR = 1.609344  # kilometres in a mile


class UnitChange(Corrupter):
    """A source changed its units, as from miles to kilometres: every number is 1.609 times as large.

    Numeric columns that are neither key nor label; integers are rounded.
    """

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        changed = {name: target.values.numbers(name) * FACTOR for name in target.numeric}
        return Damage(numbers=changed) if changed else None
