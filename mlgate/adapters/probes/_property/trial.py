"""One batch and the callable, as laws see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.adapters.probes._property import target as targets
from mlgate.adapters.probes._property.batches import (
    UNSEEN,
    infinite_places,
    magnitudes,
    null_places,
    nullable_columns,
    positions,
    text_columns,
    with_cell,
)
from mlgate.adapters.probes._property.calling import Caller, Pickled, no_rows_of_scikit_learn
from mlgate.adapters.probes._property.outputs import table_of
from mlgate.checks.skew._laws._law import Raised, Silent
from mlgate.checks.skew._laws._table import Table


@dataclass
class Bench:
    """The callable with all that a trial needs of it. `refitted` is the estimator fitted in another order; `time` the column of time."""

    target: targets.Target
    caller: Caller
    pickled: Pickled
    refitted: Caller | None = None
    time: str | None = None
    others: dict[str, Any] = field(default_factory=dict)  # further callables by name
    without_rows: dict[tuple[str, ...], Table | Raised] = field(default_factory=dict)  # what it gives for none, by the types of the columns

    def other(self, name: str) -> Any:
        """Another callable of the project, or the inverse of the estimator."""
        if name not in self.others:
            inverse = name == "inverse_transform"
            self.others[name] = getattr(self.target.thing, name) if inverse else targets.found(name).call
        return self.others[name]


class BatchTrial:
    """A batch on the bench. Outputs are kept by the rows that were asked for."""

    def __init__(self, bench: Bench, batch: Any, turn: int, *, shrinking: bool = False) -> None:
        self._bench, self.batch, self.turn, self._shrinking = bench, batch, turn, shrinking
        self._change: str | None = None
        self._kept: dict[tuple[int, ...] | None, Table | Raised] = {}

    @property
    def rows(self) -> int:
        return len(self.batch)

    @property
    def labels(self) -> tuple[Any, ...] | None:
        return tuple(self.batch.index.tolist())

    @property
    def chosen(self) -> Sequence[int]:
        if self._shrinking:
            return range(self.rows)
        held = np.flatnonzero(self.with_null) if self.turn % 2 else ()
        return [int(held[self.turn // 2 % len(held)])] if len(held) else [self.turn // 2 % self.rows]

    @property
    def due(self) -> bool:
        return self._shrinking or self.turn % 2 == 0

    @cached_property
    def with_null(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = null_places(self.batch)
        return found

    @cached_property
    def with_infinity(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = infinite_places(self.batch)
        return found

    @property
    def outputs(self) -> Mapping[tuple[int, ...] | None, Table | Raised]:
        """What is known so far, by the places of the rows; None is the whole batch."""
        return self._kept

    def output(self) -> Table:
        if None not in self._kept:
            try:
                self._kept[None], self._change = self._bench.caller.watched(self.batch)
            except Raised as raised:
                self._kept[None] = raised
        return _given(self._kept[None])

    def again(self) -> Table:
        return self._bench.caller(self.batch)

    def of(self, places: Sequence[int]) -> Table:
        key = tuple(places)
        if key == tuple(range(self.rows)):
            return self.output()
        if key not in self._kept:
            try:
                self._kept[key] = self._bench.caller(self.batch.iloc[list(key)])
            except Raised as raised:
                self._kept[key] = raised
        return _given(self._kept[key])

    def changed(self, batch: Any) -> Table:
        return self._bench.caller(batch)

    def empty(self) -> Table:
        return _given(self._without_rows())

    def _without_rows(self) -> Table | Raised:
        kept, types = self._bench.without_rows, tuple(map(str, self.batch.dtypes))
        if types not in kept:
            try:
                kept[types] = self._bench.caller(self.batch.iloc[:0])
            except Raised as raised:
                kept[types] = raised
        return kept[types]

    def inputs(self) -> Table:
        return table_of(self.batch, magnitudes(self.batch))

    def input_change(self) -> str:
        return self._change or ""

    def with_rows_like(self, place: int, others: Sequence[int]) -> Any:
        order = np.arange(self.rows)
        order[list(others)] = place
        made = self.batch.iloc[order].set_axis(self.batch.index, axis=0)
        time = self._bench.time
        return made.assign(**{time: self.batch[time]}) if time is not None and time in made.columns else made

    def with_unseen(self, place: int) -> Any:
        names = text_columns(self.batch)
        return with_cell(self.batch, place, names[self.turn // 2 % len(names)], UNSEEN) if names else None

    def with_null_at(self, place: int) -> Any:
        names = nullable_columns(self.batch)
        return with_cell(self.batch, place, names[self.turn // 2 % len(names)], None) if names else None

    def raised_step(self, column: str) -> tuple[Any, NDArray[np.float64]] | None:
        values = positions(self.batch, column)
        found = np.unique(values[np.isfinite(values)])
        if len(found) < 2:
            return None
        order = [int(np.flatnonzero(values == value)[0]) for value in found]
        made = self.batch.iloc[[self.turn % self.rows] * len(order)].set_axis(self.batch.index[: len(order)], axis=0)
        return made.assign(**{column: self.batch[column].iloc[order].array}), found

    def later(self, place: int) -> tuple[list[int], list[int]] | None:
        time = self._bench.time
        if time is None or time not in self.batch.columns:
            return None
        times = self.batch[time]
        if times.isna().any():
            raise Silent
        order = times.argsort(kind="stable").tolist()
        now = times.iloc[place]
        early = [one for one in order if times.iloc[one] <= now]
        return early, [one for one in order if times.iloc[one] > now]

    def after(self, then: str) -> Table:
        returned, _ = self._bench.caller.returned(self.batch)
        function = self._bench.other(then) if then else self._bench.target.call
        back = self._bench.caller.on(function, returned, self.batch)
        return table_of(back, magnitudes(self.batch))

    def refitted(self) -> Table:
        if self._bench.refitted is None:
            raise Silent
        return self._bench.refitted(self.batch)

    def pickle_error(self) -> str:
        return self._bench.pickled.error

    @property
    def refuses_no_rows(self) -> bool:
        kept = self._without_rows()
        return isinstance(kept, Raised) and no_rows_of_scikit_learn(kept)


def _given(kept: Table | Raised) -> Table:
    if isinstance(kept, Raised):
        raise kept
    return kept
