"""Draws from strategies: examples, minimal ones, and how many it takes."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, find, given, seed, settings

QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def drawn(strategy, count=200):
    """So many frames, the same ones each time."""
    found = []

    @seed(1)
    @settings(max_examples=count, **QUIET)
    @given(strategy)
    def look(frame):
        found.append(frame)

    look()
    return found


def smallest(strategy, condition, count=2000):
    """The minimal frame that meets a condition."""
    return find(strategy, condition, settings=settings(max_examples=count, **QUIET), random=Random(1))


def values(frames, column):
    """All values of a column in all frames, as text."""
    return {str(value) for frame in frames for value in list(frame[column])}
