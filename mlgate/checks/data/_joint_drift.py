"""The drift of all columns together, by a distance that needs the rows: one item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from mlgate.checks._wording import slice_words
from mlgate.checks.data._blocks import Blocks
from mlgate.checks.data._both_sides import BothSides
from mlgate.checks.data._column_drift import FLOOR_LEVEL
from mlgate.checks.data._flagged import Flagged
from mlgate.core.bound import plain
from mlgate.core.claim import Claim
from mlgate.core.distance import JointDistance
from mlgate.core.expression import Expression
from mlgate.core.measured import Measured
from mlgate.core.registry import entries, load
from mlgate.core.request import Aggregate, Op, Probe, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing, Statistic


def joint_distance(name: str | None) -> JointDistance | None:
    """The distance of that name, where it is one between several columns together."""
    if name is None or name not in entries("distances"):
        return None
    loaded = load("distances", name)
    return loaded() if issubclass(loaded, JointDistance) else None


@dataclass(frozen=True)
class JointDriftItem:
    """All columns of a drift check at once."""

    id: str
    distance: JointDistance
    blocks: Blocks
    columns: Literal["all"] | tuple[str, ...]
    at_most: float | None = None
    where: Expression | None = None

    @property
    def sides(self) -> BothSides:
        return BothSides(self.blocks.of, self.blocks.against)

    def requests(self, scope: Scope) -> Iterable[Request]:
        return (*self._counts(scope), self._probe(scope))

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        names, rows = (self.sides.of, self.sides.against), [measured[request] for request in self._counts(scope)]
        if 0 in rows:
            return (self._claim(Nothing(f"{names[rows.index(0)]} has no rows")),)
        answer = measured[self._probe(scope)]
        statistic = self.distance.statistic(answer)
        if isinstance(statistic, Nothing):
            return (self._claim(statistic),)
        floor = self.distance.noise_floor(answer, FLOOR_LEVEL)
        if self._tolerance < floor:
            statistic = Flagged(statistic, f"the tolerance {plain(self._tolerance)} is below the noise floor {floor:.3g}")
        columns, shared = self._columns(scope), self._shared(scope) if self.columns == "all" else ()
        left_out = [name for name in shared if name not in columns]
        details = (
            *self.distance.details(answer),
            f"taken from {rows[0]:,} rows of {names[0]} and {rows[1]:,} of {names[1]}",
            f"noise floor {floor:.3g}: 95 of 100 pairs of such samples from one population are closer",
            *((f"left out, because they hold nested values: {', '.join(left_out)}",) if left_out else ()),
        )
        return (self._claim(statistic, details),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None

    @property
    def _tolerance(self) -> float:
        return self.distance.default_at_most if self.at_most is None else self.at_most

    def _claim(self, statistic: Statistic | Nothing, details: tuple[str, ...] = ()) -> Claim:
        says = f"{self.distance.name} of {self.sides.of} against {self.sides.against} is at most {plain(self._tolerance)}{slice_words(self.where)}"
        fix = "find what changed those columns at their source; if the change is meant, retrain on it"
        return Claim(says, statistic, high=self._tolerance, unit=self.distance.unit, details=details, fix=fix)

    def _counts(self, scope: Scope) -> tuple[Aggregate, ...]:
        return tuple(Aggregate(Op.ROWS, None, (), scope.view(name, where=self.where)) for name in (self.sides.of, self.sides.against))

    def _probe(self, scope: Scope) -> Probe:
        columns = self._columns(scope)
        groups = [self.blocks.expression(scope, name) for name in (self.sides.of, self.sides.against)]
        current, reference = (
            Rows((*columns, *((group,) if group else ())), request.view, sample=self.distance.sample_rows)
            for group, request in zip(groups, self._counts(scope), strict=True)
        )
        seed = int.from_bytes(hashlib.sha256(f"{scope.seed}:{self.id}".encode()).digest()[:4])
        return self.distance.request(current, reference, seed=seed, grouped=None not in groups)

    def _columns(self, scope: Scope) -> tuple[str, ...]:
        if self.columns == "all":
            return self.sides.comparable(scope, self._shared(scope))
        for name in self.columns:
            if fault := self.sides.fault(scope, name):
                raise fault
        return self.columns

    def _shared(self, scope: Scope) -> tuple[str, ...]:
        """Without the blocks, and without a declared group, which tells the sides apart for no reason of the data."""
        names = (self.sides.of, self.sides.against)
        return tuple(self.sides.named(scope, without=[one for name in names for one in (self.blocks.column(scope, name), scope.spec(name).group)]))
