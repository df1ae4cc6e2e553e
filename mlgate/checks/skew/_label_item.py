"""The item `labels` of `prediction_parity`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlgate.checks._columns_of import both as also
from mlgate.checks._wording import share_words, slice_words
from mlgate.checks.skew import _apart, _served
from mlgate.checks.skew._tolerance import Tolerance
from mlgate.core.bound import ShareBound
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Counts, Op, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.table_schema import NUMERIC

_MOST_LABELS = 10_000  # pairs of labels: more are no labels
_SHOWN = 20
_CLOSE = Tolerance(abs=1e-6)  # scores that count as one where the check states no tolerance
_ONE_THRESHOLD = 1e-3  # scores this close to each other were cut at one threshold


@dataclass(frozen=True)
class LabelItem:
    """Predictions that are the same on both sides."""

    check: _served.Pair
    bound: ShareBound
    tolerance: Tolerance | None

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield self._table(scope)
        yield from self._near(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        check, (low, high) = self.check, self.bound.limits
        table = self._answers(scope, measured)
        says = f"the share of rows whose prediction of {check.of} is not that of {check.against} is {self.bound}{slice_words(check.where)}"
        answered = {pair: count for pair, count in table.items() if pair != (None, None)}
        n = sum(answered.values())
        if n == 0:
            return (Claim(says, Nothing("no row was answered" if table else "no rows"), low=low, high=high),)
        flips = {pair: count for pair, count in answered.items() if pair[0] != pair[1]}
        flipped = sum(flips.values())
        return (
            Claim(
                says,
                Exact(flipped / n, n, flipped),
                low=low,
                high=high,
                unit="share",
                seen=f"{share_words(flipped, n)} differ",
                details=(*(self._which(flips) if scope.samples else ()), *(self._where(scope, measured, flipped) if flipped else ())),
                fix="score one of the rows below on both sides, and compare inputs, thresholds, and the versions of model and libraries",
            ),
        )

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        differ = _apart.relabelled(self._kinds(scope))
        apart = Expression(f"({differ.sql}) OR ({_apart.has('prediction').sql}) <> ({_apart.has('baseline_prediction').sql})", differ.columns)
        view = _served.view(scope, self.check, where=also(self.check.where, apart))
        return Rows(_served.shown(scope, self.check, ("prediction",)), view, limit=scope.samples)

    def _kinds(self, scope: Scope) -> Any:
        kinds = _served.both(scope, self.check, "prediction")
        sorts = ["number" if kind.type in NUMERIC or kind.type == "boolean" else kind.type for kind in kinds]
        if sorts[0] != sorts[1] and "null" not in sorts:
            check = self.check
            raise MeasurementError(
                f"prediction of {check.of} is of type {kinds[0].type}, that of {check.against} of type {kinds[1].type}: no label can be the same",
                cause="model",
                fix="let both answer with the label's own values",
            )
        return kinds

    def _table(self, scope: Scope) -> Counts:
        self._kinds(scope)
        return Counts(("baseline_prediction", "prediction"), _served.view(scope, self.check), most=_MOST_LABELS)

    def _answers(self, scope: Scope, measured: Measured) -> dict[tuple[Any, Any], int]:
        request = self._table(scope)
        try:
            answer: dict[tuple[Any, Any], int] = measured[request]
        except MeasurementError as error:
            if "distinct values" not in error.what:
                raise
            raise MeasurementError(
                f"{self.check.of} and {self.check.against} predict more than {_MOST_LABELS:,} pairs of values: these are no labels",
                cause="configuration",
                fix="of regressions compare the numbers, with `score: {abs: ..}` instead of `flip_share`",
            ) from error
        return answer

    def _near(self, scope: Scope) -> Sequence[Aggregate]:
        """(flips, those whose scores are apart, errors), and the least and greatest score of the others; nothing where there are no two scores."""
        if any("score" not in _served.answers(scope, model).names for model in (self.check.of, self.check.against)):
            return ()
        close = _apart.within("score", self._close, _served.both(scope, self.check, "score"))
        flips = _apart.relabelled(self._kinds(scope))
        view = _served.view(scope, self.check)
        near = replace(view, where=also(self.check.where, also(flips, close)))
        return (
            Aggregate(Op.VIOLATES, close, ("violation", flips), view),
            Aggregate(Op.MIN, "score", (), near),
            Aggregate(Op.MAX, "score", (), near),
        )

    @property
    def _close(self) -> Tolerance:
        return _CLOSE if self.tolerance is None or self.tolerance.word == "exact" else self.tolerance

    def _which(self, flips: dict[tuple[Any, Any], int]) -> Iterator[str]:
        """The table: which label became which."""
        ordered = sorted(flips.items(), key=lambda pair: (-pair[1], str(pair[0])))
        for (offline, served), count in ordered[:_SHOWN]:
            one, other = ("no answer" if value is None else cell("prediction", value) for value in (offline, served))
            yield f"{self.check.against} {one} -> {self.check.of} {other}: {count:,} rows"
        if len(ordered) > _SHOWN:
            yield f"and {len(ordered) - _SHOWN:,} more pairs of labels"

    def _where(self, scope: Scope, measured: Measured, flipped: int) -> Iterator[str]:
        """Whether flips stand at the threshold: both sides agree about the score, and cut it on either side of it."""
        asked = self._near(scope)
        if not asked:
            return
        flips, apart, _ = measured[asked[0]]
        if not flips:
            return
        near, least, greatest = flips - apart, measured[asked[1]], measured[asked[2]]
        if not near:
            yield f"none of them is a matter of the threshold: the scores of each are not equal {self._close}"
            return
        which = f"all {near:,}" if near == flips == flipped else f"{near:,} of {flips:,}"
        span = f"{cell('score', f'{least:.9g}')} to {cell('score', f'{greatest:.9g}')}"
        if greatest - least <= _ONE_THRESHOLD:
            yield f"{which} are near the threshold: their scores are equal {self._close} and lie at {span}, on either side of one cut"
        else:
            yield f"{which} have scores that are equal {self._close} and lie at {span}: the two sides cut at different thresholds"
