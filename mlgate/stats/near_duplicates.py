"""Texts that are nearly those of another set: candidates by bands of minimum hashes, each confirmed by its exact similarity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mlgate.core.errors import MeasurementError
from mlgate.stats.minhash import Banding, Hashes
from mlgate.stats.shingles import Hasher, Shingles, jaccard

BATCH = 2048
SHOWN = 100
MOST_COMPARED = 5_000_000
_CANDIDATES_AT_ONCE = 2_000_000
_KEPT_SETS = 4096


@dataclass(frozen=True)
class Pair:
    """Two rows, by their places on either side, and the exact Jaccard similarity of their texts."""

    similarity: float
    here: int
    there: int


@dataclass(frozen=True)
class NearDuplicates:
    """What the search found.

    `rows` are the rows here that have a text, `found` those of them with a text there that is similar enough, `others` the rows there that have a
    text. `missed` is the chance that a pair of exactly the similarity asked for is overlooked. `pairs` are the most alike, one for each text here.
    """

    rows: int
    found: int
    others: int
    missed: float
    pairs: tuple[Pair, ...]


def near_duplicates(here: Sequence[str | None], there: Sequence[str | None], *, shingles: Shingles, similarity: float, seed: int) -> NearDuplicates:
    """Rows `here` whose text has a Jaccard similarity of at least `similarity` with some text `there`.

    No pair that is reported is less similar; one that is exactly as similar is missed with chance `missed`, a more similar one with less. The same
    seed gives the same answer. The texts are held in memory, all else in batches. Raises `MeasurementError` where more than 5,000,000 pairs would
    have to be compared (texts of one template). Checked against a comparison of all pairs.
    """
    banding = Banding.for_similarity(similarity)
    mine, theirs = _Texts.of(here, shingles), _Texts.of(there, shingles)
    search = _Search(tuple(mine.first), shingles, similarity, Hasher(shingles, seed), Hashes.drawn(banding, seed))
    for text in theirs.first.keys() & mine.first.keys():
        search.found[text] = (1.0, text)
    search.forget_found()
    rest = [text for text in theirs.first if text not in mine.first]
    for start in range(0, len(rest), BATCH):
        search.compare(rest[start : start + BATCH])
    pairs = [Pair(alike, mine.first[text], theirs.first[other]) for text, (alike, other) in search.found.items()]
    pairs.sort(key=lambda pair: (-pair.similarity, pair.here))
    found = sum(mine.rows[text] for text in search.found)
    return NearDuplicates(sum(mine.rows.values()), found, sum(theirs.rows.values()), banding.missed(similarity), tuple(pairs[:SHOWN]))


@dataclass(frozen=True)
class _Texts:
    """The different texts of one side that have anything to be compared by: the first place of each, and its rows."""

    first: dict[str, int]
    rows: dict[str, int]

    @classmethod
    def of(cls, texts: Sequence[str | None], shingles: Shingles) -> _Texts:
        first: dict[str, int] = {}
        rows: dict[str, int] = {}
        for place, text in enumerate(texts):
            if text is None or (text not in rows and not shingles.fits(text)):
                continue
            first.setdefault(text, place)
            rows[text] = rows.get(text, 0) + 1
        return cls(first, rows)


class _Search:
    """The texts here by the keys of their bands, in sorted order; those that are found are taken out."""

    def __init__(self, texts: Sequence[str], shingles: Shingles, similarity: float, hasher: Hasher, hashes: Hashes) -> None:
        self._texts, self._similarity, self._hasher, self._hashes = texts, similarity, hasher, hashes
        self._pieces = lru_cache(maxsize=_KEPT_SETS)(shingles.pieces)
        self._compared = 0
        self.found: dict[str, tuple[float, str]] = {}
        keys = [self._keys(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        together = np.concatenate([np.zeros((hashes.banding.bands, 0), np.uint64), *keys], axis=1)
        orders = [np.argsort(band, kind="stable") for band in together]
        self._bands = [(band[order], order) for band, order in zip(together, orders, strict=True)]

    def forget_found(self) -> None:
        """Takes the texts that are found out of all bands."""
        open_ones = np.fromiter((text not in self.found for text in self._texts), bool, len(self._texts))
        self._bands = [(band[open_ones[order]], order[open_ones[order]]) for band, order in self._bands]

    def compare(self, texts: Sequence[str]) -> None:
        """Looks for texts here that are similar to some of these."""
        keys, start = self._keys(texts), 0
        while start < len(texts):
            ends = [(np.searchsorted(band, own[start:]), np.searchsorted(band, own[start:], "right")) for (band, _), own in self._each(keys)]
            candidates = np.cumsum(np.sum([right - left for left, right in ends], axis=0))
            stop = max(1, int(np.searchsorted(candidates, _CANDIDATES_AT_ONCE)))
            before = len(self.found)
            for mine, theirs in self._pairs([(left[:stop], right[:stop]) for left, right in ends]):
                self._confirm(self._texts[mine], texts[start + theirs])
            if len(self.found) > before:
                self.forget_found()
            start += stop

    def _keys(self, texts: Sequence[str]) -> NDArray[np.uint64]:
        return self._hashes.keys(*self._hasher.flat(texts))

    def _each(self, keys: NDArray[np.uint64]) -> Iterator[tuple[tuple[NDArray[np.uint64], NDArray[np.intp]], NDArray[np.uint64]]]:
        return zip(self._bands, keys, strict=True)

    def _pairs(self, ends: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]) -> Iterator[tuple[int, int]]:
        """Places of texts (here, there) that agree in a band, each pair once."""
        codes = []
        for (_, order), (left, right) in zip(self._bands, ends, strict=True):
            counts = right - left
            there = np.repeat(np.arange(len(counts)), counts)
            within = np.arange(len(there)) - np.repeat(np.cumsum(counts) - counts, counts)
            codes.append(there * len(self._texts) + order[np.repeat(left, counts) + within])
        for code in np.unique(np.concatenate(codes)).tolist():
            yield code % len(self._texts), code // len(self._texts)

    def _confirm(self, text: str, other: str) -> None:
        if text in self.found:
            return
        self._compared += 1
        if self._compared > MOST_COMPARED:
            what = f"more than {MOST_COMPARED:,} pairs of texts are alike, but not enough to be near duplicates"
            raise MeasurementError(what, fix="take longer shingles or a higher similarity, or leave out the text that all rows share")
        alike = jaccard(self._pieces(text), self._pieces(other))
        if alike >= self._similarity:
            self.found[text] = (alike, other)
