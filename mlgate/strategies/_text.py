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


ALPHABET = (
    "abcxyzABCXYZ0123456789 _-.,:;/\\'\"%+*()[]{}<>=@#&|!?~^$\t\n\r\x00"
    "\u00e4\u00f6\u00fc\u00df\u00e9\u00f1\u00e7\u0131\u0130\u0301\u0308\u00a0\u200b\u200d\u202e\ufeff"
    "\u03a9\u03c2\u0416\u0434\u05d0\u05e9\u0645\u0631\u0967\u0e01\u4e2d\u6587\u3042\uac00\uff21\ufb01\u2028\U0001d49c\U0001f600\U0001f469"
)
"""Characters of made-up text."""


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
