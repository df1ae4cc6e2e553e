"""Corrupter `lost_rows`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.core.corrupter import Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np


class LostRows(Corrupter):
    """A load broke off half-way: the second half of the rows never came."""

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        import numpy as np

        return Damage(rows=np.arange(target.n // 2)) if target.n > 1 else None
