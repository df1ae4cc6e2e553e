"""Probe `near_duplicates`: which texts of one frame are nearly those of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from mlgate.core.request import Probe
from mlgate.stats.near_duplicates import NearDuplicates, near_duplicates
from mlgate.stats.shingles import Shingles


class NearDuplicatesProbe:
    """Searches two frames for texts that are alike: `args` are (columns of text, similarity, "words" or "characters", shingle size, seed).

    The last so many columns of both frames are the text, joined by a line feed; a row in which all of them are null has none. The answer is a
    `NearDuplicates` and, for its pairs, the other columns of both rows: (found, ((values here, values there), ...)).
    """

    def answer(self, probe: Probe, frames: Sequence[Any]) -> tuple[NearDuplicates, tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]]:
        width, similarity, of, size, seed = probe.args
        columns = int(str(width))
        here, there = (_texts(frame, columns) for frame in frames)
        unit: Literal["words", "characters"] = "words" if of == "words" else "characters"
        shingles = Shingles(unit, int(str(size)))
        found = near_duplicates(here, there, shingles=shingles, similarity=float(str(similarity)), seed=int(str(seed)))
        rows = tuple((_row(frames[0], pair.here), _row(frames[1], pair.there)) for pair in found.pairs)
        return found, rows


def _texts(frame: Any, columns: int) -> list[str | None]:
    parts = [frame.iloc[:, index].tolist() for index in range(frame.shape[1] - columns, frame.shape[1])]
    return [_joined(row) for row in zip(*parts, strict=True)]


def _joined(row: Sequence[Any]) -> str | None:
    texts = [value for value in row if isinstance(value, str)]
    return "\n".join(texts) if texts else None


def _row(frame: Any, place: int) -> tuple[Any, ...]:
    import pandas as pd

    values = (frame.iloc[place, index] for index in range(frame.shape[1]))
    return tuple(None if pd.isna(value) else value.item() if hasattr(value, "item") else value for value in values)
