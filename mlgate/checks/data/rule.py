"""Kind `rule`: what must hold of every row, of data or of predictions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mlgate.checks._columns_of import both, column_type, offending_rows
from mlgate.checks._shares import NONE, refuse_undecidable, share_of
from mlgate.checks._wording import share_words, slice_words
from mlgate.core.bound import ShareBound
from mlgate.core.check import Check, Condition, RowsName
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing
from mlgate.core.verdict import Family


class Rule(Check):
    """A condition holds for every row, or for every row that `when` selects.

    Units: `violating_share` is the share in [0, 1] of the rows that `when` selects (all, without it). A condition that is null counts as a
    violation unless `nulls: skip`. Rows on which the expression cannot be evaluated (a cast that fails) make the check an ERROR. A `when`
    that selects no row is INCONCLUSIVE, or NOT_APPLICABLE with `when_empty: skip`. `of` a model adds `prediction`, `score` and `score_<class>` to the
    columns; such a rule counts in the family `rules`.

    Example:
        - {id: order, kind: rule, of: current, require: "dep_time <= 2400", when: "dep_time is not null"}
        - {id: probability, kind: rule, of: candidate, require: "score >= 0 and score <= 1"}
        - {id: few-early, kind: rule, of: current, require: "dep_delay >= -30", nulls: skip, violating_share: {at_most: 0.001}}

    Not for: an aggregate over rows (use `columns` for means, `rows` for counts).
    """

    family = "data"
    marks_values = True
    of: Annotated[RowsName, Field(description="The rows; a model's have `prediction` and `score` besides the columns of its dataset.")]
    require: Annotated[Condition, Field(description="One SQL condition over the columns, true for a good row.")]
    when: Annotated[Condition | None, Field(description="Only rows for which this is true are judged.")] = None
    violating_share: Annotated[ShareBound, Field(description="Bound on the share of judged rows that break the condition.")] = NONE
    nulls: Annotated[Literal["violation", "skip"], Field(description="What a condition that is null counts as.")] = "violation"
    sampled: Annotated[bool, Field(description="The rows are a sample: judge the share with Clopper-Pearson bounds.")] = False

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        if self.sampled:
            refuse_undecidable("violating_share", self.violating_share)
        return self

    def family_in(self, models: Collection[str]) -> Family:
        return "rules" if self.of in models else "data"

    def requests(self, scope: Scope) -> Iterable[Request]:
        for column in self._columns():
            column_type(scope, self.of, column)
        yield self._judged(scope)
        yield self._violations(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        low, high = self.violating_share.limits
        amount = "every row" if high == 0 else f"the share of rows that break it is {self.violating_share}"
        says = f"{self.require} for {amount}" if high == 0 else f"{self.require}: {amount}"
        says += f" when {self.when}" * (self.when is not None) + slice_words(self.where)
        if measured[self._judged(scope)] == 0:  # known apart, so that a condition that does not fit an empty column is no ERROR
            why = "no rows" if self.when is None else "no rows: `when` selects none"
            return (Claim(says, Nothing(why), low=low, high=high, unit="share"),)
        matched, violations, errors = measured[self._violations(scope)]
        if errors:
            raise MeasurementError(
                f"{self.require} cannot be evaluated on {errors:,} of {matched:,} rows",
                fix="guard it with `when`, or with try-safe operations (nullif against a division by zero, try_cast for text)",
            )
        statistic = share_of(violations, matched, sampled=self.sampled)
        seen = share_words(violations, matched, sampled=self.sampled)
        fix = "see the rows below: mend what writes them, or add the case they are to the rule"
        return (Claim(says, statistic, low=low, high=high, unit="share", seen=seen, fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        broken = f"({self.require.sql}) IS NOT TRUE" if self.nulls == "violation" else f"NOT ({self.require.sql})"
        condition = Expression(broken, self.require.columns)
        chosen = condition if self.when is None else both(self.when, condition)
        return offending_rows(scope, self.of, scope.view(self.of, where=both(self.where, chosen)), self._columns())

    def _columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.require.columns, *(self.when.columns if self.when else ()))))

    def _judged(self, scope: Scope) -> Aggregate:
        where = self.where if self.when is None else both(self.where, self.when)
        return Aggregate(Op.ROWS, None, (), scope.view(self.of, where=where))

    def _violations(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.VIOLATES, self.require, (self.nulls, self.when), scope.view(self.of, where=self.where))
