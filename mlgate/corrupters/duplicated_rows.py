"""Corrupter `duplicated_rows`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.core.corrupter import Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np

SHARE = 0.1


class DuplicatedRows(Corrupter):
    """A load was retried and appended: 10 % of the rows occur twice."""

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        import numpy as np

        if not target.n:
            return None
        again = rng.choice(target.n, max(1, round(SHARE * target.n)), replace=False)
        return Damage(rows=np.concatenate([np.arange(target.n), np.sort(again)]))
