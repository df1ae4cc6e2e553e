"""Exact quantiles of more values than fit into memory.

`quantile_cont` holds every value. Where that is too much, a sample gives two edges around each quantile, one pass counts the values up to them
and between them, and one more holds those between. A column where that misses, and times, are sorted, which spills.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.adapters.engines._duckdb.histograms import spread
from mlgate.adapters.engines._duckdb.lens import Lens
from mlgate.adapters.engines._duckdb.session import Row, Session
from mlgate.core.request import Aggregate, Request

_VALUE_BYTES = 24  # of one value held by quantile_cont: its vector doubles, and threads merge theirs
_SHARE_OF_MEMORY = 0.2  # of the limit, for all quantiles of a statement
_SAMPLE_ROWS = 100_000
_WIDTH = 6.0  # from the quantile to an edge, in standard errors of the sample's quantile: two in a thousand million miss


def room(memory_bytes: int) -> int:
    """How many values quantiles may hold at once."""
    return int(_SHARE_OF_MEMORY * memory_bytes / _VALUE_BYTES)


@dataclass(frozen=True)
class Ordered:
    """One quantile: the SQL of the value (null outside of the slice), whether it is a double, and the share in [0, 1]."""

    request: Aggregate
    value: str
    double: bool
    share: float


@dataclass(frozen=True)
class _Sought:
    """A quantile at `part` of the way from the value at `index` (from 0, in order) to the next one, where `low` and `high` are about it."""

    one: Ordered
    index: int
    part: float
    low: float = -math.inf
    high: float = math.inf

    @property
    def indices(self) -> tuple[int, ...]:
        return (self.index, self.index + 1) if self.part else (self.index,)

    @property
    def between(self) -> str:
        # Values at the lower edge are all alike and need not be held: a value that half of the rows have is no burden.
        return f"case when {self.one.value} > {_double(self.low)} and {self.one.value} <= {_double(self.high)} then {self.one.value} end"


def statement(lens: Lens, asked: Sequence[Ordered]) -> str:
    """What is sent first: the sample that edges come from, or a sort where no value is a double."""
    values = _values(asked)
    if not values:
        return _sort(lens, _Sought(asked[0], 0, 0.0))
    return spread(", ".join(f"{value} as c{index}" for index, value in enumerate(values)), len(values), lens, _SAMPLE_ROWS)


def answers(session: Session, lens: Lens, asked: Sequence[Ordered]) -> Mapping[Request, Any]:
    """Each quantile, exactly as `quantile_cont` gives it; None of no values."""
    counts = _row(session, lens, [f"count({one.value})" for one in asked])
    sought = [_sought(one, int(values)) for one, values in zip(asked, counts, strict=True) if values]
    found = dict(_selected(session, lens, _edged(session, lens, [one for one in sought if one.one.double])))
    for missed in (one for one in sought if one.one not in found):
        found[missed.one] = session.rows(_sort(lens, missed))[0][0]
    return {one.request: found.get(one) for one in asked}


def _values(asked: Sequence[Ordered]) -> list[str]:
    return list(dict.fromkeys(one.value for one in asked if one.double))


def _sought(one: Ordered, values: int) -> _Sought:
    place = (values - 1) * one.share
    return _Sought(one, math.floor(place), place - math.floor(place))


def _edged(session: Session, lens: Lens, sought: Sequence[_Sought]) -> list[_Sought]:
    import numpy as np

    if not sought:
        return []
    asked = [one.one for one in sought]
    arrays = (np.ma.asarray(found, dtype=np.float64).compressed() for found in session.arrays(statement(lens, asked)))
    samples = {value: np.sort(found) for value, found in zip(_values(asked), arrays, strict=True)}
    return [_with_edges(one, samples[one.one.value]) for one in sought]


def _with_edges(sought: _Sought, sample: Any) -> _Sought:
    share, rows = sought.one.share, len(sample)
    half = _WIDTH * (math.sqrt(share * (1 - share) * rows) + 1)
    first, last = math.floor(share * (rows - 1) - half), math.ceil(share * (rows - 1) + half)
    low, high = sample[first] if first >= 0 else -math.inf, sample[last] if last < rows else math.inf
    return _Sought(sought.one, sought.index, sought.part, float(low), float(high))


def _selected(session: Session, lens: Lens, sought: Sequence[_Sought]) -> list[tuple[Ordered, Any]]:
    """The quantiles that lie between their edges, where the values there fit into memory."""
    if not sought:
        return []
    sides = [f"countif({one.one.value} {sign} {_double(one.low)})" for one in sought for sign in ("<", "<=")]
    counts = [int(count or 0) for count in _row(session, lens, [*sides, *(f"count({one.between})" for one in sought)])]
    left = room(session.memory_bytes)
    picked: dict[_Sought, list[str]] = {}
    for one, below, up_to, between in zip(
        sought, counts[0 : 2 * len(sought) : 2], counts[1 : 2 * len(sought) : 2], counts[2 * len(sought) :], strict=True
    ):
        if between <= left and all(below <= index < up_to + between for index in one.indices):
            left -= between
            picked[one] = [_double(one.low) if index < up_to else _at(one, index - up_to, between) for index in one.indices]
    parts = [f"list_aggregate([{', '.join(values)}], 'quantile_cont', {_double(one.part)})" for one, values in picked.items()]
    return list(zip((one.one for one in picked), _row(session, lens, parts), strict=True)) if parts else []


def _at(one: _Sought, index: int, values: int) -> str:
    """The value at a place among those between the edges; half a place further on, so that no rounding can move it."""
    return f"quantile_disc({one.between}, {_double((index + 0.5) / values)})"


def _sort(lens: Lens, sought: _Sought) -> str:
    value, relation = sought.one.value, lens.relation
    ordered = f"select {value} as v from {relation.source} where ({value}) is not null order by v limit {len(sought.indices)} offset {sought.index}"
    return f"{relation.before}select quantile_cont(v, {_double(sought.part)}) from ({ordered})"


def _row(session: Session, lens: Lens, parts: Sequence[str]) -> Row:
    return session.rows(f"{lens.relation.before}select {', '.join(parts)}\nfrom {lens.relation.source}")[0]


def _double(value: float) -> str:
    return f"'{value!r}'::double"
