"""Corrupter `unseen_level`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.core.corrupter import Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np

SHARE = 0.05
LEVEL = "mlgate-unseen"


class UnseenLevel(Corrupter):
    """A new product, airline or code appeared: 5 % of the rows hold a level in every text column that was never there."""

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        texts = target.of_type("string")
        if not texts or not target.n:
            return None
        rows = rng.random(target.n) < SHARE
        rows[int(rng.integers(target.n))] = True
        return Damage(texts=dict.fromkeys(texts, (rows, LEVEL)))
