"""Rows that come in blocks (days, users): how many independent rows they are worth."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.core.distance import Distribution
from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Statistic
from mlgate.stats.clustered import FEW_GROUPS
from mlgate.stats.normal import quantile
from mlgate.stats.root_estimate import RootEstimate
from mlgate.stats.tolerance import ToleranceEstimate

CELLS = 10
ERROR_AT = 0.001  # the tail at which the error of a design effect from few blocks is made up for

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BlockTable:
    """A column's rows by block and value. `block`, `value` (nnz,) are codes, `count` (nnz,) rows; `values` says what the value codes mean.

    `nulls` (n_blocks,) are rows without a value.
    """

    block: NDArray[np.intp]
    value: NDArray[np.intp]
    count: Vector
    values: tuple[Any, ...]
    nulls: Vector

    @classmethod
    def of(cls, answer: Mapping[tuple[Any, Any], int]) -> BlockTable:
        """From rows by (block, value), a value of None being null. Raises `MeasurementError` for rows without a block."""
        blocks: dict[Any, int] = {}
        values: dict[Any, int] = {}
        found: list[tuple[int, int, int]] = []
        nulls: dict[int, int] = {}
        for (name, value), count in answer.items():
            if name is None:
                raise MeasurementError(
                    f"{count:,} rows or more are in no block", fix="give every row its block, or leave these rows out with `where`"
                )
            place = blocks.setdefault(name, len(blocks))
            if value is None:
                nulls[place] = nulls.get(place, 0) + count
            elif count:
                found.append((place, values.setdefault(value, len(values)), count))
        block, code, rows = (np.array(part) for part in zip(*found, strict=True)) if found else (np.zeros(0), np.zeros(0), np.zeros(0))
        empty = np.array([nulls.get(place, 0) for place in range(len(blocks))], dtype=np.float64)
        return cls(block.astype(np.intp), code.astype(np.intp), rows.astype(np.float64), tuple(values), empty)

    @property
    def n_blocks(self) -> int:
        return len(self.nulls)

    def effect(self, *, ordered: bool) -> float:
        """The design effect of the distribution over at most ten cells: between quantiles, or of the most frequent levels and the rest.

        Of the generalized design effects of Rao and Scott (1981, doi 10.1080/01621459.1981.10477633), the eigenvalues of the blocks' covariance over
        the multinomial one, it is the mean weighted by themselves, less what few blocks add to it by chance: near the mean where all are
        alike, near the largest where blocks move the column in one way (a level per day), in which their plain mean is far too small. Of
        `ordered` values (numbers) it is at least the design effect of their mean.
        """
        cells = self._cells(ordered=ordered)
        width = int(cells.max()) + 1 if len(cells) else 0
        if width == 0:
            return 1.0
        sums = np.bincount(self.block * width + cells[self.value], weights=self.count, minlength=self.n_blocks * width).astype(np.float64)
        found = _effect(sums.reshape(self.n_blocks, width))
        return max(found, self._effect_of_mean()) if ordered else found

    def _effect_of_mean(self) -> float:
        """The design effect of the values' mean, the direction in which a level per block moves a distance in units of the column."""
        values = np.array(self.values, dtype=np.float64)
        n, known = float(self.count.sum()), self._known
        if self.n_blocks < 2 or not np.isfinite(values).all():
            return 1.0
        centred = values / (np.abs(values).max() or 1.0)
        centred = centred - np.dot(np.bincount(self.value, weights=self.count, minlength=len(values)), centred) / n
        spread = float(np.dot(self.count, centred[self.value] ** 2)) / n
        sums = np.bincount(self.block, weights=self.count * centred[self.value], minlength=self.n_blocks)
        used = int(np.count_nonzero(known))
        return float(np.dot(sums, sums)) * used / (used - 1) / n / spread if spread > 0 and used > 1 else 1.0

    def effect_of(self, chosen: Collection[Any]) -> float:
        """The design effect of the share of values among `chosen`, of the rows with a value."""
        marked = np.array([value in chosen for value in self.values], dtype=bool)
        inside = np.bincount(self.block, weights=self.count * marked[self.value], minlength=self.n_blocks)
        return _effect(np.column_stack([inside, self._known - inside]))

    def effect_of_nulls(self) -> float:
        """The design effect of the null share."""
        return _effect(np.column_stack([self.nulls, self._known]))

    def missed_by_chance(self) -> float:
        """The share of rows with values that a sample of as many blocks misses of its own population: Good and Turing's, of whole blocks.

        Rows of the values that only one block has, with three standard errors of theirs, over all rows.
        """
        blocks_of = np.bincount(self.value, minlength=len(self.values))
        alone = blocks_of[self.value] == 1
        by_block = np.bincount(self.block, weights=self.count * alone, minlength=self.n_blocks)
        return float(by_block.sum() + 3 * math.sqrt(float((by_block**2).sum()))) / float(self.count.sum())

    @property
    def _known(self) -> Vector:
        return np.bincount(self.block, weights=self.count, minlength=self.n_blocks).astype(np.float64)

    def _cells(self, *, ordered: bool) -> NDArray[np.intp]:
        """A cell for each value code."""
        sums = np.bincount(self.value, weights=self.count, minlength=len(self.values))
        if not ordered:
            ranks = np.empty(len(sums), dtype=np.intp)
            ranks[np.argsort(-sums, kind="stable")] = np.arange(len(sums))
            return np.minimum(ranks, CELLS - 1)
        order = np.argsort(np.array(self.values, dtype=np.float64), kind="stable")
        middles = np.cumsum(sums[order]) - sums[order] / 2
        cells = np.empty(len(sums), dtype=np.intp)
        cells[order] = np.minimum(middles / max(sums.sum(), 1.0) * CELLS, CELLS - 1).astype(np.intp)
        return cells


def _effect(table: Vector) -> float:
    """Of counts (blocks, cells); 1 where blocks differ no more than chance, or where all rows are in one cell."""
    table = table[table.sum(axis=1) > 0]
    table = table[:, table.sum(axis=0) > 0]
    blocks, cells = table.shape
    if blocks < 2 or cells < 2:
        return 1.0
    n = table.sum()
    shares = table.sum(axis=0) / n
    scaled = (table - table.sum(axis=1, keepdims=True) * shares) / np.sqrt(shares * n * (blocks - 1) / blocks)
    trace = float((scaled**2).sum())
    product = scaled.T @ scaled if cells <= blocks else scaled @ scaled.T
    squares = (float((product**2).sum()) - trace**2 / (blocks - 1)) / (1 + 1 / (blocks - 1))
    return float(max(1.0, trace / (cells - 1), squares / trace if trace > 0 else 1.0))


@dataclass(frozen=True)
class Design:
    """One side of a comparison whose rows come in blocks: `effects` of the distribution, of the null share and of the share of new levels."""

    n_blocks: int
    effect: float
    null_effect: float = 1.0
    unseen_effect: float = 1.0

    @property
    def error_factor(self) -> float:
        """What the design effect is multiplied by for being estimated itself: Student's quantile over the normal one, squared."""
        ratio = quantile(ERROR_AT, df=self.n_blocks - 1) / quantile(ERROR_AT) if self.n_blocks > 1 else math.inf
        return ratio * ratio

    def rows(self, n: int, effect: float) -> int:
        """How many independent rows `n` are worth; never fewer than two."""
        factor = effect * self.error_factor
        return min(n, max(2, round(n / factor) if math.isfinite(factor) else 2))

    def says(self, n: int, blocks: str) -> str:
        """In words."""
        worth = self.rows(n, self.effect)
        effect = f"{n / worth:,.0f}" if n >= 100 * worth else f"{n / worth:.3g}"
        return f"{n:,} rows in {self.n_blocks:,} {blocks}, design effect {effect}, effective n {worth:,}"


def thinned(side: Distribution, rows: int) -> Distribution:
    """The same shares of each value in a sample of `rows` independent rows: counts are no whole numbers then."""
    if rows >= side.n_obs:
        return side
    factor = rows / side.n_obs
    return Distribution({value: count * factor for value, count in side.counts.items()}, side.nulls, side.numeric, side.widths)


def guarded(thinned_one: Statistic, whole: Statistic) -> Statistic:
    """The estimate of thinned samples, whose upper bound is no lower than the one that takes off only the bias of independent rows.

    A design effect stands for the blocks' largest movements; taken off as a bias of every direction, it would be too much, and a PASS too easy.
    """
    if isinstance(thinned_one, RootEstimate) and isinstance(whole, RootEstimate):
        return RootEstimate(_guarded(thinned_one.squared, whole.squared))
    if isinstance(thinned_one, ToleranceEstimate) and isinstance(whole, ToleranceEstimate):
        return _guarded(thinned_one, whole)
    return thinned_one


def _guarded(thinned_one: ToleranceEstimate, whole: ToleranceEstimate) -> ToleranceEstimate:
    return replace(thinned_one, high_from=max(thinned_one.high_from, whole.high_from))


def few_blocks(designs: Sequence[Design]) -> tuple[str, ...]:
    """The flag of a side with fewer than 5 blocks."""
    fewest = min(design.n_blocks for design in designs)
    return (f"{fewest} blocks on a side are too few (at least {FEW_GROUPS})",) if fewest < FEW_GROUPS else ()
