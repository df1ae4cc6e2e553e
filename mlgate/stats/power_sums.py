"""A stream of numbers kept as counts and power sums: all that a look at it needs, and all that has to be kept between looks."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerSums:
    """`rows` of a stream, the `values` among them that are not null, and the sums of these, of their squares and of their cubes.

    `odd` counts values other than 0 and 1; without any the stream is one of bits, and its counts say everything about it. Two parts of a stream
    add up to the whole, in whatever order they come.
    """

    rows: int = 0
    values: int = 0
    total: float = 0.0
    squares: float = 0.0
    cubes: float = 0.0
    odd: int = 0

    def __add__(self, other: PowerSums) -> PowerSums:
        return PowerSums(
            rows=self.rows + other.rows,
            values=self.values + other.values,
            total=self.total + other.total,
            squares=self.squares + other.squares,
            cubes=self.cubes + other.cubes,
            odd=self.odd + other.odd,
        )

    @property
    def nulls(self) -> int:
        return self.rows - self.values

    @property
    def finite(self) -> bool:
        """Whether no value was infinite or too large to be squared."""
        return math.isfinite(self.total) and math.isfinite(self.squares)

    @property
    def mean(self) -> float:
        """NaN without values."""
        return self.total / self.values if self.values else math.nan

    @property
    def variance(self) -> float:
        """Of the sample (n - 1); 0 for fewer than two values, and where all are equal as far as their sums can tell."""
        if self.values < 2:
            return 0.0
        squares = self.squares - self.total * self.mean
        return squares / (self.values - 1) if squares > 1e-12 * abs(self.squares) else 0.0

    @property
    def skewness(self) -> float:
        """The moment ratio m3 / m2^1.5; 0 without spread, infinite where the cubes are too large."""
        if not self.variance:
            return 0.0
        n, mean = self.values, self.mean
        second = self.variance * (n - 1) / n
        third = (self.cubes - 3 * mean * self.squares) / n + 2 * mean**3
        return third / second**1.5 if math.isfinite(third) else math.inf
