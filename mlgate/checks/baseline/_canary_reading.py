"""How the streams of a canary are read: summed by the engine in the one scan, or added to what a state file already holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.checks._columns_of import both, column_type, time_column
from mlgate.checks.baseline._canary_metric import BASELINE, CANDIDATE, CanaryMetric, Streams
from mlgate.core.bound import CellLiteral
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression, quoted, text_literal
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Probe, Request, Rows
from mlgate.core.scope import Scope
from mlgate.stats.power_sums import PowerSums

PROBE = "canary_state"


@dataclass(frozen=True)
class Reading:
    """The rows and metrics of a canary. `arm` is the column that tells the arms apart with its two values, None in a shadow log."""

    of: str
    where: Expression | None
    arm: tuple[str, CellLiteral, CellLiteral] | None
    metrics: Mapping[str, CanaryMetric]
    state: str | None = None

    def requests(self, scope: Scope, name: str) -> Iterable[Request]:
        """What one metric needs to know. Raises `MeasurementError` for columns and values that do not fit each other."""
        self._refuse_misfit(scope)
        if self.state is not None:
            return (self._probe(scope),)
        return tuple(dict.fromkeys(part for parts in self._sums(scope, name).values() for part in parts))

    def streams(self, scope: Scope, measured: Measured, name: str) -> Streams:
        """The sums of each stream of one metric."""
        if self.state is not None:
            answer: Mapping[str, Streams] = measured[self._probe(scope)]
            return answer[name]
        return {stream: _sums_of([measured[part] for part in parts]) for stream, parts in self._sums(scope, name).items()}

    def _refuse_misfit(self, scope: Scope) -> None:
        """A boolean is neither 0 nor 1 everywhere: an arm that no row is in by its type must not look like one that has no requests yet."""
        if self.arm is None:
            return
        column, *values = self.arm
        kind = column_type(scope, self.of, column)
        for value in values:
            if isinstance(value, bool) != (kind == "boolean") and kind != "null":
                what = f"arm: {value!r} is no value of column {column!r}, which is of type {kind}"
                raise MeasurementError(what, cause="configuration", fix="write `candidate` and `baseline` as the column holds them")

    def _sums(self, scope: Scope, name: str) -> Mapping[str, tuple[Aggregate, ...]]:
        values = self.metrics[name].values(scope, self.of)
        return {stream: tuple(_asked(value, self._slice(stream), scope, self.of)) for stream, value in values.items()}

    def _slice(self, stream: str) -> Expression | None:
        arm = self._in_arm(stream)
        return self.where if arm is None else both(self.where, arm)

    def _in_arm(self, stream: str) -> Expression | None:
        """Whether a row is in the arm that a stream is of, None in a shadow log."""
        if self.arm is None:
            return None
        column, candidate, baseline = self.arm
        value = {CANDIDATE: candidate, BASELINE: baseline}[stream]
        return Expression(f"{quoted(column)} = {_literal(value)}", (column,))

    def _probe(self, scope: Scope) -> Probe:
        """One probe for the whole check: the time of each row, whether it belongs to an arm, and its values, each column once."""
        places: dict[str | Expression, int] = {time_column(scope, self.of, None): 0}
        layout: list[tuple[str, str, int, int]] = []
        for name, metric in self.metrics.items():
            for stream, value in metric.values(scope, self.of).items():
                flag, number = (places.setdefault(part, len(places)) for part in (_flag(self._in_arm(stream)), value))
                layout.append((name, stream, flag, number))
        rows = Rows(tuple(places), scope.view(self.of, where=self.where))
        path = str(Path(scope.folder, str(self.state)))
        return Probe(PROBE, (rows,), (path, self._settings(scope), json.dumps(layout)))

    def _settings(self, scope: Scope) -> str:
        """What the sums in a state file depend on: sums made in another way must not be added to them."""
        values = {name: [str(one) for one in metric.values(scope, self.of).values()] for name, metric in self.metrics.items()}
        said: list[Any] = [self.arm, str(self.where or ""), values]
        return "sha256:" + hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _asked(value: Expression, where: Expression | None, scope: Scope, of: str) -> Iterable[Aggregate]:
    view = scope.view(of, where=where)
    yield Aggregate(Op.ROWS, None, (), view)
    yield Aggregate(Op.NULLS, value, (), view)
    for power in (1, 2, 3):
        yield Aggregate(Op.SUM, Expression(" * ".join([f"({value.sql})"] * power), value.columns), (), view)
    yield Aggregate(Op.NOT_IN, value, (0, 1), view)


def _sums_of(answers: list[Any]) -> PowerSums:
    rows, nulls, total, squares, cubes, odd = answers
    return PowerSums(rows=rows, values=rows - nulls, total=float(total or 0), squares=float(squares or 0), cubes=float(cubes or 0), odd=odd)


def _flag(arm: Expression | None) -> Expression:
    return Expression("1") if arm is None else Expression(f"CASE WHEN {arm.sql} THEN 1 ELSE 0 END", arm.columns)


def _literal(value: CellLiteral) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return text_literal(value) if isinstance(value, str) else repr(value)
