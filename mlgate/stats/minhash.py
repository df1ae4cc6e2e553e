"""Signatures of sets that agree as often as the sets are alike, and bands of them that find alike sets without comparing all pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate.stats.shingles import spread

MISSED = 1e-6
_MOST_HASHES = 200
_MOST_ROWS = 16


@dataclass(frozen=True)
class Banding:
    """`bands` bands of `rows` minimum hashes each: two sets are candidates where one band agrees altogether.

    Two sets of Jaccard similarity s agree in one minimum hash with chance s, so they are missed with chance (1 - s^rows)^bands. Broder 1997
    (doi 10.1109/SEQUEN.1997.666900); bands as in Leskovec, Rajaraman and Ullman, Mining of Massive Datasets (2014), section 3.4.
    """

    bands: int
    rows: int

    @classmethod
    def for_similarity(cls, similarity: float) -> Banding:
        """Bands that miss sets of this similarity, in (0, 1], with chance `MISSED` at most, as many rows each as 200 hashes allow.

        More rows let fewer pairs of less alike sets through.
        """
        fitting = [cls(_bands(similarity, rows), rows) for rows in range(1, _MOST_ROWS + 1)]
        return max((one for one in fitting if one.hashes <= _MOST_HASHES), key=lambda one: one.rows, default=fitting[0])

    @property
    def hashes(self) -> int:
        return self.bands * self.rows

    def missed(self, similarity: float) -> float:
        """The chance that two sets of this similarity are no candidates."""
        return float((1 - similarity**self.rows) ** self.bands)


def _bands(similarity: float, rows: int) -> int:
    agree = similarity**rows
    return max(1, math.ceil(math.log(MISSED) / math.log1p(-agree))) if agree < 1 else 1


@dataclass(frozen=True)
class Hashes:
    """Permutations x -> a x + b of the 32-bit numbers, a being odd, and how their minima become keys of bands; drawn from a seed."""

    banding: Banding
    factors: NDArray[np.uint32]
    shifts: NDArray[np.uint32]
    mixers: NDArray[np.uint64]

    @classmethod
    def drawn(cls, banding: Banding, seed: int) -> Hashes:
        random = np.random.default_rng(seed)
        factors, shifts = (random.integers(0, 2**32, banding.hashes, dtype=np.uint32) for _ in range(2))
        return cls(banding, factors | np.uint32(1), shifts, random.integers(0, 2**63, banding.rows, dtype=np.uint64) * np.uint64(2) + np.uint64(1))

    def keys(self, pieces: NDArray[np.uint32], starts: NDArray[np.intp]) -> NDArray[np.uint64]:
        """(bands, sets): one key for each band of each set; `starts` (sets,) says where in `pieces` each set begins, and none is empty."""
        found = np.zeros((self.banding.bands, len(starts)), np.uint64)
        hashed = np.empty_like(pieces)
        for index, (factor, shift) in enumerate(zip(self.factors, self.shifts, strict=True)):
            np.multiply(pieces, factor, out=hashed)
            np.add(hashed, shift, out=hashed)
            band, row = divmod(index, self.banding.rows)
            found[band] += spread(np.minimum.reduceat(hashed, starts).astype(np.uint64) * self.mixers[row])
        return found
