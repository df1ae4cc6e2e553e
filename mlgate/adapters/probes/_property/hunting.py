"""Hypothesis, run by hand: many batches for all laws at once, then the smallest one for each law that broke."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from typing import Any
from unittest import SkipTest

from mlgate.adapters.probes._seeded import seeded
from mlgate.core.errors import MeasurementError

Breaks = Callable[[Any], bool]


class TimeUp(KeyboardInterrupt):
    """Ends a search between two examples: hypothesis lets an interrupt through, and takes any other exception for a failure."""


class Hunt:
    """Searches over one strategy. The same seed and check give the same batches.

    With `stored`, failures are kept where hypothesis keeps them in this project, and tried first the next time; not in CI, where hypothesis
    keeps none and every run is the same.
    """

    def __init__(self, strategy: Any, seed: int, check: str, *, stored: bool) -> None:
        from hypothesis import settings

        self._strategy, self._check = strategy, check
        usual = settings()  # what hypothesis does in this project: in CI it keeps nothing
        self._database = usual.database if stored and not usual.derandomize else None
        own = int.from_bytes(hashlib.sha256(check.encode()).digest()[:8], "big")  # `hash` has another seed in each process
        self._seed = seed ^ own

    def all(self, attempt: Callable[[Any], None], examples: int, ends: float) -> tuple[int, list[str]]:
        """Tries up to so many batches, none of which counts as a failure here. Gives how many were tried, and what was wrong with the search."""
        from hypothesis import HealthCheck, Phase, given, seed, settings
        from hypothesis.errors import FailedHealthCheck, Unsatisfiable

        made = 0

        def one(batch: Any) -> None:
            nonlocal made
            if time.monotonic() > ends:
                raise TimeUp
            attempt(batch)
            made += 1

        chosen: Any = settings(
            max_examples=examples,
            deadline=None,  # calls are watched by our own clock
            database=None,
            derandomize=False,  # the seed is given
            phases=(Phase.generate,),
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
        )
        try:
            asked: Any = given(self._strategy)
            chosen(seed(self._drawn())(asked(one)))()
        except TimeUp:
            return made, []
        except FailedHealthCheck as error:
            return made, [_health_words(str(error))]
        except Unsatisfiable as error:
            what = "no rows can be made as they are described"
            raise MeasurementError(what, cause="configuration", fix="widen what the columns may hold, or give rows with `like`") from error
        return made, []

    def replayed(self, law: str, breaks: Breaks) -> bool:
        """Whether what broke a law the last time still does."""
        from hypothesis import Phase

        return self._database is not None and self._find(law, breaks, 1, (Phase.reuse,))

    def smallest(self, law: str, breaks: Breaks, examples: int, ends: float) -> bool:
        """Finds what broke a law once more and makes it small; `breaks` sees every batch on the way. Raises `TimeUp`."""
        from hypothesis import Phase

        def timed(batch: Any) -> bool:
            if time.monotonic() > ends:
                raise TimeUp
            return breaks(batch)

        return self._find(law, timed, examples, (Phase.reuse, Phase.generate, Phase.shrink))

    def _find(self, law: str, breaks: Breaks, examples: int, phases: Any) -> bool:
        from hypothesis import find, settings
        from hypothesis.errors import Flaky, NoSuchExample, Unsatisfiable

        chosen = settings(max_examples=examples, deadline=None, database=self._database, derandomize=False, phases=phases)
        key = f"mlgate:{self._check}:{law}".encode()
        try:
            with seeded(self._drawn()):
                find(self._strategy, breaks, settings=chosen, database_key=key)
        except (NoSuchExample, Unsatisfiable, Flaky, SkipTest):  # skipped: there is nothing to try again
            return False
        return True

    def _drawn(self) -> int:
        """One seed for both ways to search, so that they meet the same batches."""
        return random.Random(self._seed).getrandbits(64)  # noqa: S311  a search that can be repeated


def _health_words(text: str) -> str:
    if "filter" in text:
        return "most rows that were made had to be thrown away: the description leaves too few; widen it, or give rows with `like`"
    if "too large" in text or "data" in text:
        return "the rows are too large to make many of them: name fewer columns with `columns: [..]`"
    return f"hypothesis stopped: {' '.join(text.split())[:300]}"
