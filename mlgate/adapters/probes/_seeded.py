"""Searches of hypothesis that are the same each time and still keep what they found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """As `--hypothesis-seed` does it: with the decorator `seed`, and with `random=`, hypothesis keeps no failures."""
    from hypothesis import core

    before = core.global_force_seed
    vars(core)["global_force_seed"] = seed
    try:
        yield
    finally:
        vars(core)["global_force_seed"] = before
