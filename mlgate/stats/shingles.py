"""Texts as sets of overlapping pieces, how alike two such sets are, and their pieces as numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_KNOWN_WORDS = 2**19  # hashes of words that are kept, so that the memory stays flat
Piece = tuple[str, ...] | str


@dataclass(frozen=True)
class Shingles:
    """Every `size` neighbouring words (or characters) of a text, as Broder (1997, doi 10.1109/SEQUEN.1997.666900) compares documents by.

    Case, spacing, punctuation (for words) and the Unicode form of a letter do not count. A text shorter than `size` is one piece; one without a
    word (or a character) has none.
    """

    of: Literal["words", "characters"] = "words"
    size: int = 3

    def parts(self, text: str) -> Sequence[str]:
        """The words (or characters) of a text, in order."""
        plain = unicodedata.normalize("NFKC", text).casefold()
        return _WORD.findall(plain) if self.of == "words" else " ".join(plain.split())

    def fits(self, text: str) -> bool:
        """Whether a text has a piece at all."""
        return _WORD.search(text) is not None if self.of == "words" else not text.isspace() and bool(text)

    def pieces(self, text: str) -> frozenset[Piece]:
        """The set that a text is compared by."""
        parts = self.parts(text)
        if isinstance(parts, str):
            cut: list[Piece] = [parts[start : start + self.size] for start in range(max(len(parts) - self.size + 1, min(1, len(parts))))]
            return frozenset(cut)
        shifted = [parts[start:] for start in range(self.size)]
        return frozenset(zip(*shifted, strict=False)) if len(parts) >= self.size else frozenset([tuple(parts)] if parts else [])


def jaccard(one: frozenset[Piece], other: frozenset[Piece]) -> float:
    """|A and B| / |A or B|, in [0, 1]; two empty sets are not alike."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


@dataclass
class Hasher:
    """Pieces of texts as 32-bit numbers, the same ones in every process; words are remembered while there are not too many."""

    shingles: Shingles
    seed: int
    _known: dict[str, int] = field(default_factory=dict)

    def flat(self, texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
        """(numbers of all pieces, one text after the other, repetitions included; where each text begins). No text may be without pieces."""
        size = self.shingles.size
        parts = [self.shingles.parts(text) for text in texts]
        lengths = np.maximum(np.fromiter(map(len, parts), np.intp, len(parts)), size)
        ends = np.cumsum(lengths)
        units = self._units(parts, ends - lengths, int(lengths.sum()))
        factors = np.random.default_rng(self.seed).integers(0, 2**63, size, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        places = len(units) - size + 1
        mixed = spread(sum((units[start : start + places] * factor for start, factor in enumerate(factors)), np.zeros(places, np.uint64)))
        counts = lengths - size + 1
        whole = np.arange(places) + size <= np.repeat(ends, lengths)[:places]
        return (mixed[whole] >> np.uint64(32)).astype(np.uint32), np.cumsum(counts) - counts

    def _units(self, parts: Sequence[Sequence[str]], starts: NDArray[np.intp], total: int) -> NDArray[np.uint64]:
        """One number for each word or character; a text shorter than a shingle is filled up with zeros."""
        units = np.zeros(total, np.uint64)
        if len(self._known) > _KNOWN_WORDS:
            self._known.clear()
        for one, start in zip(parts, starts.tolist(), strict=True):
            if isinstance(one, str):
                units[start : start + len(one)] = np.frombuffer(one.encode("utf-32-le", "surrogatepass"), np.uint32)
            else:
                units[start : start + len(one)] = [self._word(word) for word in one]
        return units

    def _word(self, word: str) -> int:
        found = self._known.get(word)
        if found is None:
            digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            self._known[word] = found = int.from_bytes(digest, "little")
        return found


def spread(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195): every bit depends on all bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
