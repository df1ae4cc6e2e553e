"""Batches and how they break a law, as JSON for the process that asked."""

from __future__ import annotations

from typing import Any

from mlgate.adapters.probes._property.batches import Library, handed
from mlgate.checks.skew._laws._difference import shown
from mlgate.checks.skew._laws._law import Broken

MOST_ROWS, MOST_CHARACTERS = 12, 200


def counterexample(broken: Broken, batch: Any, library: Library, *, kept_from: str = "") -> dict[str, Any]:
    """What `Counterexample.read` reads; without a batch where none is to blame."""
    given = batch if broken.batch is None else broken.batch
    told = {"columns": [], "cells": [], "index": [], "code": ""} if given is None else told_batch(given, library)
    return {**told, "why": broken.why, "column": broken.column, "got": broken.got, "expected": broken.expected, "kept_from": kept_from}


def told_batch(batch: Any, library: Library) -> dict[str, Any]:
    """The rows as text, and as Python."""
    head = batch.iloc[:MOST_ROWS]
    cells = [[_short(shown(value)) for value in row] for row in zip(*(head[name].tolist() for name in head.columns), strict=True)]
    index = [str(one) for one in head.index.tolist()] if library == "pandas" else []
    return {"columns": [str(name) for name in head.columns], "cells": cells, "index": index, "code": _code(batch, library)}


def _code(batch: Any, library: Library) -> str:
    from mlgate.strategies import as_code

    return as_code(handed(batch, library)) if len(batch) <= MOST_ROWS else ""


def _short(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}... ({len(text):,} characters)"
