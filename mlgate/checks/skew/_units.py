"""Factors between units, so that a constant factor can be said by name."""

from __future__ import annotations

import math

_UNITS = (  # exact by definition
    (1.609344, "miles -> km"),
    (1.852, "nautical miles -> km"),
    (0.3048, "feet -> m"),
    (0.9144, "yards -> m"),
    (2.54, "inches -> cm"),
    (0.45359237, "pounds -> kg"),
    (28.349523125, "ounces -> g"),
    (3.785411784, "US gallons -> l"),
    (1.609344 / 3.6, "miles per hour -> m/s"),
    (1.852 / 3.6, "knots -> m/s"),
    (1.852, "knots -> km/h"),
    (3.6, "m/s -> km/h"),
    (6894.757293168, "psi -> Pa"),
    (33.8638866667, "inches of mercury -> hPa"),
    (math.pi / 180, "degrees -> radians"),
)
_STEPS = (  # of decimal prefixes and of time
    (60.0, "minutes -> seconds or hours -> minutes"),
    (3600.0, "hours -> seconds"),
    (24.0, "days -> hours"),
    (86400.0, "days -> seconds"),
    (100.0, "shares -> percent, or m -> cm"),
    (1000.0, "km -> m, or s -> ms"),
)
_SAME = 1e-4  # relative: code often has fewer digits of a unit than its definition


def unit_words(factor: float) -> str:
    """`miles -> km` for 1.609344, the other way round for its reciprocal, empty for a factor without a name."""
    for value, words in (*_UNITS, *_STEPS):
        if math.isclose(factor, value, rel_tol=_SAME):
            return words
        if math.isclose(factor * value, 1.0, rel_tol=_SAME):
            return " or ".join(_turned(one) for one in words.split(", or " if ", or " in words else " or "))
    return "the sign is turned" if factor == -1 else ""


def _turned(words: str) -> str:
    left, right = words.split(" -> ")
    return f"{right} -> {left}"
