"""Corrupter `dropped_column`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.core.corrupter import Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np


class DroppedColumn(Corrupter):
    """An upstream table lost or renamed a column: one feature, drawn at random, is not there.

    Which one depends on the seed; key, label and time columns stay.
    """

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        if not target.features or len(target.schema.names) < 2:
            return None
        return Damage(without=frozenset({target.features[int(rng.integers(len(target.features)))]}))
