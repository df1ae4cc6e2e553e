"""Texts fit for a terminal, for XML and for another process: no surrogates, no control characters, bounded, numbers that read well."""

from __future__ import annotations

import re

MAX_HEADLINE = 500  # pytest 9.2 cuts the `message` attribute of JUnit elements here
MAX_TEXT = 20_000  # characters of one item's text
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without what XML 1.0, UTF-8 or execnet refuse: such characters become escapes like `\\x00`."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\r\n", "\n")
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def one_line(text: str, *, limit: int = MAX_HEADLINE) -> str:
    """The text on one line of at most `limit` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 3] + "..."


def bounded(text: str, *, limit: int = MAX_TEXT) -> str:
    """The text cut at `limit` characters; what was dropped is said."""
    if len(text) <= limit:
        return text
    kept = text[:limit].rsplit("\n", 1)[0]
    return f"{kept}\n... {len(text) - len(kept):,} more characters; the evidence file has all of it"


def number(value: float | str | None, *, digits: int = 6) -> str:
    """A number as a person reads it; the exact value is in the properties."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return one_line(value, limit=120)
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.{digits}g}"
    return f"{value:,.0f}" if abs(value) < 1e15 else f"{value:g}"


def table(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], *, width: int = 40) -> list[str]:
    """Lines of a small table; cells are cut at `width` characters."""
    cells = [tuple(one_line(str(cell), limit=width) for cell in row) for row in (columns, *rows)]
    sizes = [max(len(row[place]) if place < len(row) else 0 for row in cells) for place in range(len(columns))]
    return ["  ".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=False)).rstrip() for row in cells]
