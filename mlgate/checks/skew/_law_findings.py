"""What a search for batches that break laws found, as plain data that came out of the process that searched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Counterexample:
    """Rows that break a law. `cells` and `index` are texts, `code` writes the frame in Python; `got` and `expected` are values that differ.

    `kept_from` says what kept it from being made as small as it goes; empty where nothing did.
    """

    why: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    index: tuple[str, ...] = ()
    code: str = ""
    column: str = ""
    got: str = ""
    expected: str = ""
    kept_from: str = ""

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Counterexample:
        """From JSON, which has lists for tuples."""
        cells = tuple(tuple(row) for row in said["cells"])
        return cls(**{**said, "columns": tuple(said["columns"]), "cells": cells, "index": tuple(said["index"])})


@dataclass(frozen=True)
class LawFinding:
    """What was found about one law: `broken` of `tried` batches break it; `silent` batches said nothing about it, the last one for the reason `mute`.

    `again` is how many were tried in a second process besides.
    """

    tried: int
    broken: int
    silent: int = 0
    mute: str = ""
    again: int = 0
    example: Counterexample | None = None


@dataclass(frozen=True)
class Search:
    """One search: findings by law, how many batches were made of how many, in how many seconds, and what stopped it early (empty: nothing).

    `subject` is what was searched (a function, an estimator and what it was fitted on). `trouble` are sentences about the search itself. `stopped` is
    why the callable's process ended before the search did, `second` why the second process did; `notes` are lines to go with it.
    """

    findings: Mapping[str, LawFinding]
    examples: int
    wanted: int
    seconds: float
    subject: str = ""
    trouble: tuple[str, ...] = ()
    stopped: str = ""
    stopped_on: Counterexample | None = None
    second: str = ""
    notes: tuple[str, ...] = ()
