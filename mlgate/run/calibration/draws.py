"""Rows drawn at random: half of them, all of them with two models' answers exchanged, or as many with repeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Scheme = Literal["halves", "permuted", "resampled"]
SCHEMES: tuple[Scheme, ...] = ("halves", "permuted", "resampled")


@dataclass(frozen=True)
class Drawing:
    """The chance of one run. Rows of one group stay together."""

    scheme: Scheme
    rng: np.random.Generator

    def rows(self, n: int, groups: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
        """The rows of one dataset. Rows in groups are never repeated: a group that occurs twice would be one larger group."""
        if self.scheme == "permuted":
            return np.arange(n)
        if groups is not None:
            chosen = self.rng.random(int(groups.max(initial=-1)) + 1) < 0.5
            return np.flatnonzero(chosen[groups])
        if self.scheme == "halves":
            return np.sort(self.rng.permutation(n)[: n // 2])
        return np.sort(self.rng.integers(n, size=n))

    def exchanged(self, rows: NDArray[np.intp], groups: NDArray[np.intp] | None = None) -> NDArray[np.bool_]:
        """For each drawn row whether the two models exchange their answers there."""
        if groups is None:
            return self.rng.random(rows.size) < 0.5
        return (self.rng.random(int(groups.max(initial=-1)) + 1) < 0.5)[groups[rows]]

    def parted(self, n: int, current: int, groups: NDArray[np.intp] | None = None) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Two samples of one population of n rows: at most `current` and at most half of them, and the rest (or as many, with repeats)."""
        if groups is not None:
            side = (self.rng.random(int(groups.max(initial=-1)) + 1) < min(0.5, current / max(n, 1)))[groups]
            return np.flatnonzero(side), np.flatnonzero(~side)
        size = min(current, n // 2)
        order = self.rng.integers(n, size=n) if self.scheme == "resampled" else self.rng.permutation(n)
        return np.sort(order[:size]), np.sort(order[size:])
