"""Corrupter `stale`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.core.corrupter import Corrupter, Damage, Target

if TYPE_CHECKING:
    import numpy as np

LATER_S = -30 * 86_400.0


class Stale(Corrupter):
    """Yesterday's load never ran and an old file was served: all its times lie 30 days back."""

    def damage(self, target: Target, rng: np.random.Generator) -> Damage | None:
        times = [name for name in target.schema.names if target.schema.types[name] in ("date", "timestamp") and name not in target.key]
        times += (
            [target.time]
            if target.time is not None and target.time not in times and target.schema.types.get(target.time) in ("date", "timestamp")
            else []
        )
        return Damage(later_s=dict.fromkeys(times, LATER_S)) if times else None
