"""Whether categories were given other names: one code for each level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.checks.skew._hypotheses import SUPPORT, Pair

LEVELS = 10_000  # pairs of a level and a code that are counted; more are ids


def may_be_coded(pairs: Sequence[Pair]) -> bool:
    """Few levels on both sides of a sample, each seen often; a million of them are ids, which no encoding explains."""
    few = len(pairs) / 3
    return all(2 <= len({pair[side] for pair in pairs}) <= few for side in (0, 1))


def one_to_one(counts: Mapping[tuple[Any, Any], int]) -> dict[Any, Any] | None:
    """For each level the code that most of its rows have, in order of their rows; None where two levels share a code, only one level moved, the
    rows do not follow it (of two values one is always the other), or are too few for each level to tell.
    """
    rows: dict[Any, int] = {}
    best: dict[Any, tuple[int, Any]] = {}
    for (level, code), count in counts.items():
        rows[level] = rows.get(level, 0) + count
        if level not in best or count > best[level][0]:
            best[level] = count, code
    made = {level: best[level][1] for level in sorted(rows, key=lambda level: -rows[level])}
    moved = sum(level != code for level, code in made.items())
    total, followed = sum(rows.values()), sum(count for count, _ in best.values())
    if len(set(made.values())) < len(made) or moved < 2 or total < 5 * len(made) or followed < SUPPORT * total:
        return None
    return made
