"""How well a model tells two samples apart: what a probe answers and a distance reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Separation:
    """Rows of both sides, scored by models that had not seen them.

    `positive` (n,) marks the current rows, `score` (n,) is higher the more a row looks like them, `fold` (n,) says by which model; `groups` (n,)
    are ids of rows that belong together. `losses` is by how much the area falls when a column alone is shuffled. `why` says why nothing was
    scored, where the rows could not be split.
    """

    positive: NDArray[np.bool_]
    score: NDArray[np.float64]
    fold: NDArray[np.intp]
    groups: NDArray[np.intp] | None
    losses: Mapping[str, float]
    why: str = ""

    @classmethod
    def impossible(cls, why: str) -> Separation:
        """No scores, and the reason."""
        none = np.zeros(0, dtype=np.intp)
        return cls(none.astype(np.bool_), none.astype(np.float64), none, None, {}, why)
