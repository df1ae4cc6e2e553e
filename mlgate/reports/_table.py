"""A table in plain text: columns aligned, the last one wrapped, no line longer than asked for."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 100


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset(), width: int = WIDTH) -> list[str]:
    """Lines. Columns in `right` are flushed right; the last column takes what is left of `width` and is wrapped there."""
    sizes = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    rest = max(20, width - sum(sizes[:-1]) - 2 * (len(sizes) - 1))
    sizes[-1] = min(sizes[-1], rest)
    lines = _row(head, sizes, right)
    lines.append("  ".join("-" * size for size in sizes))
    for row in rows:
        lines += _row(row, sizes, right)
    return lines


def _row(cells: Sequence[str], sizes: Sequence[int], right: frozenset[int]) -> list[str]:
    last = textwrap.wrap(cells[-1], sizes[-1], break_on_hyphens=False) or [""] if sizes[-1] else [""]
    start = [cell.rjust(size) if place in right else cell.ljust(size) for place, (cell, size) in enumerate(zip(cells[:-1], sizes, strict=False))]
    lead = "  ".join(start)
    if len(sizes) - 1 in right and len(last) == 1:
        last = [last[0].rjust(sizes[-1])]
    indent = " " * len(lead)
    return [f"{lead if not number else indent}  {part}".rstrip() for number, part in enumerate(last)]


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> list[str]:
    """The same as a table of Markdown."""
    rule = ["--:" if place in right else "---" for place in range(len(head))]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in (head, rule, *rows)]
