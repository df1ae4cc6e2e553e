"""The item `score` of `prediction_parity`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mlgate.checks._columns_of import both as also
from mlgate.checks._wording import share_words, slice_words
from mlgate.checks.skew import _apart, _served
from mlgate.checks.skew._tolerance import Tolerance
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.table_schema import NUMERIC
from mlgate.core.view import View


@dataclass(frozen=True)
class _Asked:
    """The counts behind one column of scores."""

    apart: Aggregate  # (rows answered, rows further apart than the tolerance or answered by one side alone, errors)
    worst: Aggregate
    rows: Aggregate
    lacking: tuple[Aggregate, Aggregate]  # rows without a value, of either side
    beyond: Aggregate  # (rows that differ at all, those of them that differ by more than 32-bit arithmetic, errors)
    single: tuple[Aggregate, Aggregate]  # (rows with a value, those of them whose value is no 32-bit float, errors), of either side

    def __iter__(self) -> Iterator[Request]:
        yield from (self.apart, self.worst, self.rows, *self.lacking, self.beyond, *self.single)


@dataclass(frozen=True)
class ScoreItem:
    """Scores within a tolerance, one claim for each column of scores."""

    check: _served.Pair
    tolerance: Tolerance

    def requests(self, scope: Scope) -> Iterable[Request]:
        for column in _served.score_columns(scope, self.check):
            yield from self._asked(scope, column)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        columns = _served.score_columns(scope, self.check)
        return [self._claim(scope, measured, column, part=column if len(columns) > 1 else "") for column in columns]

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        low, high = self.check.mismatch_share.limits
        for column in _served.score_columns(scope, self.check):
            compared, apart, _ = measured[self._asked(scope, column).apart]
            if compared and not (low or 0) <= apart / compared <= (1 if high is None else high):
                kinds = _served.both(scope, self.check, column)
                close = _apart.within(column, self.tolerance, kinds)
                far = Expression(f"NOT COALESCE({close.sql}, FALSE)", close.columns)
                view = _served.view(scope, self.check, where=also(self.check.where, also(_apart.answered(column), far)))
                shown = _served.shown(scope, self.check, (column,))
                return Rows(shown, view, limit=scope.samples, largest=_apart.size(column, self.tolerance, kinds))
        return None

    def _asked(self, scope: Scope, column: str) -> _Asked:
        check, kinds = self.check, _served.both(scope, self.check, column)
        for model, kind in zip((check.of, check.against), kinds, strict=True):
            if kind.type not in NUMERIC:
                raise MeasurementError(f"{column} of {model} is of type {kind.type}: a score is a number", cause="model")
        if fault := self.tolerance.misfit(column, (kinds[0].type, kinds[1].type), (check.of, check.against)):
            raise fault
        view, own, other = _served.view(scope, check), column, f"{_apart.BESIDE}{column}"
        answered, differ = _apart.answered(column), _apart.unequal(column)
        return _Asked(
            Aggregate(Op.VIOLATES, _apart.within(column, self.tolerance, kinds), ("violation", answered), view),
            Aggregate(Op.MAX, _apart.size(column, self.tolerance, kinds), (), view),
            Aggregate(Op.ROWS, None, (), view),
            (Aggregate(Op.NULLS, own, (), view), Aggregate(Op.NULLS, other, (), view)),
            Aggregate(Op.VIOLATES, _apart.rounded(column), ("violation", differ), view),
            (self._single(own, view), self._single(other, view)),
        )

    @staticmethod
    def _single(column: str, view: View) -> Aggregate:
        return Aggregate(Op.VIOLATES, _apart.is_single(column), ("violation", _apart.has(column)), view)

    def _claim(self, scope: Scope, measured: Measured, column: str, *, part: str) -> Claim:
        check, asked = self.check, self._asked(scope, column)
        compared, apart, _ = measured[asked.apart]
        low, high = check.mismatch_share.limits
        share = "" if high == 0 else f", the share of mismatches {check.mismatch_share}"
        says = f"{column} of {check.of} equals that of {check.against} {self.tolerance}{share}{slice_words(check.where)}"
        if compared == 0:
            return Claim(says, Nothing("no row was answered" if measured[asked.rows] else "no rows"), low=low, high=high, part=part)
        worst = measured[asked.worst]
        seen = f"{share_words(apart, compared)} mismatch"
        if apart and worst:
            unit = " ulp" if self.tolerance.word == "ulp" else " of the larger" if self.tolerance.word == "rel" else ""
            seen += f", the worst by {cell(column, f'{worst:.6g}')}{unit}"
        return Claim(
            says,
            Exact(apart / compared, compared, apart),
            low=low,
            high=high,
            unit="share",
            seen=seen,
            part=part,
            details=(*self._lacking(measured, asked, compared), *(self._rounding(measured, asked) if apart else ())),
            fix="score one of the rows below on both sides, and compare the inputs, the versions of model and libraries, and the number types",
        )

    def _lacking(self, measured: Measured, asked: _Asked, compared: int) -> Iterator[str]:
        """Rows that one side, or neither, has answered."""
        neither = measured[asked.rows] - compared
        for model, request in zip((self.check.of, self.check.against), asked.lacking, strict=True):
            if (alone := measured[request] - neither) > 0:
                yield f"{alone:,} rows have no answer of {model}, which counts as a mismatch"
        if neither > 0:
            yield f"{neither:,} rows have no answer of either side and are left out"

    def _rounding(self, measured: Measured, asked: _Asked) -> Iterator[str]:
        """Whether the differences are those of 32-bit floats on one side."""
        differ, beyond, _ = measured[asked.beyond]
        models = (self.check.of, self.check.against)
        singles = [model for model, request in zip(models, asked.single, strict=True) if measured[request][0] and not measured[request][1]]
        if not differ:
            return
        side = f"all scores of {singles[0]} are 32-bit floats" if len(singles) == 1 else ""
        amount = f"at most {_apart.SINGLE:.2g} of the score"
        if not beyond:
            told = f"all {differ:,} differences are those of float32 rounding ({amount})"
            yield f"{told}{f': {side}' if side else ''}; `score: {{rel: {_apart.SINGLE:.2g}}}` tolerates them"
        elif side:
            yield f"{side}; of {differ:,} differences {differ - beyond:,} are those of float32 rounding ({amount}), {beyond:,} are larger"
            yield "a tree takes another branch where rounded inputs cross a split; else look for what these rows have in common"
