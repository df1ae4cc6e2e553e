"""Text that breaks code: composed and decomposed, from right to left, invisible, empty, looking like something else."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_PLAIN = ("a", "b", "A", "1", "a b")
_ODD = (
    "",
    " ",
    "\t",
    " a ",
    "0",
    "-1",
    "NA",
    "nan",
    "None",
    "null",
    "a,b",
    "'",
    '"',
    "\\",
    "%s",
    "a\nb",
    "\u00e9",
    "e\u0301",
    "ß",
    "İ",
    "ﬁ",
    "１２",
    "٣",
    "שלום",
    "مرحبا",
    "\u202eabc",
    "a\u200bb",
    "\ufeffa",
    "👩‍👩‍👧",
    "𝒜",
    "a\x00b",
)
_LOOK_ALIKES = str.maketrans("AaBCcEeHiKMOoPpSsTXxYy0", "АаВСсЕеНіКМОоРрЅѕТХхУуО")  # Latin letters and a digit to Cyrillic ones


def plain_texts() -> tuple[str, ...]:
    """Texts without a catch."""
    return _PLAIN


def odd_texts() -> tuple[str, ...]:
    """Texts that nobody types and every log contains."""
    return _ODD


def long_texts() -> tuple[str, ...]:
    """Texts of 1,000 and 10,000 characters."""
    return ("a" * 1_000, "é" * 10_000)


def unseen_like(levels: tuple[str, ...]) -> Iterator[str]:
    """Values that are none of the levels, and variants of the first of them that only look or sound like it."""
    known = frozenset(levels)
    made = ["unseen", "?"]
    for level in [one for one in levels if one][:2]:
        made += [
            level.swapcase(),
            f"{level} ",
            f" {level}",
            level.translate(_LOOK_ALIKES),
            unicodedata.normalize("NFD", level),
            unicodedata.normalize("NFC", level),
            level[:-1],
            f"{level}{level[-1]}",
        ]
    yield from (one for one in dict.fromkeys(made) if one and one not in known)
