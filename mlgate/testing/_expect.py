"""What the suites are written with: a sentence for whatever does not hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
BREAKS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def expect(holds: object, sentence: str) -> None:
    """Raises `AssertionError` with the sentence where something does not hold, also under `python -O`."""
    __tracebackhide__ = True
    if not holds:
        raise AssertionError(sentence)


def attempt(call: Callable[[], T], sentence: str) -> T:
    """What an author's code returns; where it breaks, an `AssertionError` with the sentence and the error. A `MeasurementError` passes through."""
    __tracebackhide__ = True
    try:
        return call()
    except BREAKS as error:
        raise AssertionError(f"{sentence}: {type(error).__name__}: {error}") from error


def near(left: float, right: float, *, rel: float = 1e-9, within: float = 1e-12) -> bool:
    """Whether two numbers agree, relatively or within an amount."""
    return math.isclose(left, right, rel_tol=rel, abs_tol=within)
