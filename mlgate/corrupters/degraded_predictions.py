"""Corrupter `degraded_predictions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from mlgate.core.corrupter import Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np

SHARE = 0.3


class DegradedPredictions(Corrupter):
    """The model was served with features of other rows, or trained on shuffled ones: 30 % of its answers belong to another row.

    All its columns move together, so a score and its prediction still agree.
    """

    of: ClassVar[Literal["dataset", "model"]] = "model"

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        import numpy as np

        if target.n < 2:
            return None
        taken = np.arange(target.n)
        some = rng.choice(target.n, max(2, round(SHARE * target.n)), replace=False)
        taken[some] = np.roll(some, 1)
        return Damage(cells=dict.fromkeys(target.schema.names, taken))
