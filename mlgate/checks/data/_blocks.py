"""Blocks of a drift check: which rows belong together, what is asked of them, and what an answer by block says of a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.checks._columns_of import column_type, time_column
from mlgate.checks.data._periods import period_of
from mlgate.core.distance import Binned
from mlgate.core.expression import Expression, quoted
from mlgate.core.scope import Scope
from mlgate.stats.design import BlockTable, Design

PERIODS = ("hour", "day", "week")
SETS = 1000  # blocks of a column are dealt into at most so many sets: whole blocks are independent, and so are sets of whole blocks
MOST_COUNTS = 2**21  # of block and value

Answer = Mapping[tuple[Any, ...], int]


@dataclass(frozen=True)
class Blocks:
    """`word` is `hour`, `day`, `week` or a column; without one the `group` that both datasets declare, if they do."""

    of: str
    against: str
    word: str | None

    def column(self, scope: Scope, name: str) -> str | None:
        """The column of the rows of `name` whose values are the blocks; None for periods of time, and without blocks."""
        if self.word is not None:
            return None if self.word in PERIODS else self.word
        groups = [scope.spec(side).group for side in (self.of, self.against)]
        return None if None in groups else scope.spec(name).group

    def expression(self, scope: Scope, name: str) -> Expression | None:
        """What tells the block of a row of `name`; None without blocks. Raises `MeasurementError` where there is no such column, or no time."""
        if self.word is not None and self.word in PERIODS:
            return period_of("hour" if self.word == "hour" else "day" if self.word == "day" else "week", time_column(scope, name, None))
        if (column := self.column(scope, name)) is None:
            return None
        column_type(scope, name, column)
        plain = quoted(column)
        return Expression(f"CASE WHEN {plain} IS NULL THEN NULL ELSE HASH({plain}) % {SETS} END", (column,))

    def noun(self, scope: Scope) -> str:
        """What the blocks are called."""
        return f"{self.word}s" if self.word in PERIODS else f"blocks by {self.column(scope, self.of)}"


@dataclass(frozen=True)
class BlockedColumn:
    """A column of both sides by block."""

    current: BlockTable
    reference: BlockTable
    noun: str

    def designs(self, *, numeric: bool) -> tuple[Design, Design]:
        """Of the current and the reference side."""
        unseen = set(self.current.values) - set(self.reference.values)
        return (
            self._design(self.current, numeric=numeric, unseen=1.0 if numeric else self.current.effect_of(unseen)),
            self._design(self.reference, numeric=numeric, unseen=1.0),
        )

    def _design(self, table: BlockTable, *, numeric: bool, unseen: float) -> Design:
        return Design(table.n_blocks, table.effect(ordered=numeric), table.effect_of_nulls(), unseen)


def totals(answer: Mapping[Any, Any]) -> Answer | Binned:
    """The answer over all blocks together."""
    if not _is_histogram(answer):
        found: dict[tuple[Any, ...], int] = {}
        for (_, value), count in answer.items():
            found[value,] = found.get((value,), 0) + count
        return found
    sides: list[Binned] = list(answer.values())
    counts = tuple(sum(cells) for cells in zip(*(side.counts for side in sides), strict=True))
    lows = [side.low for side in sides if side.low is not None]
    highs = [side.high for side in sides if side.high is not None]
    return Binned(sides[0].edges, counts, sum(side.nulls for side in sides), min(lows, default=None), max(highs, default=None))


def _is_histogram(answer: Mapping[Any, Any]) -> bool:
    return any(isinstance(side, Binned) for side in answer.values())


def by_value(answer: Mapping[Any, Any]) -> Mapping[tuple[Any, Any], int]:
    """Rows by (block, value), cells of a histogram by their number."""
    if not _is_histogram(answer):
        return answer
    cells = {(block, number): count for block, side in answer.items() for number, count in enumerate(side.counts) if count}
    return cells | {(block, None): side.nulls for block, side in answer.items()}
