"""What may explain the mismatches of a column: proposed from a sample of them, to be counted over all of them by the engine."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.core.expression import Expression, quoted, text_literal
from mlgate.core.marked import cell
from mlgate.core.request import BESIDE, Aggregate, Op, Request
from mlgate.core.table_schema import TypeName
from mlgate.core.view import Comparison, View

FEWEST = 10  # mismatches that a finding needs: what explains fewer may do so by chance
SUPPORT = 0.95  # share of them
PROPOSED = 0.9  # share of a sample that a hypothesis must explain to be counted
Pair = tuple[Any, Any]  # a served and a training value


@dataclass(frozen=True)
class Subject:
    """One column whose mismatches are to be explained, and what is known of it before anything more is asked.

    `view` is the joined view; `key` are the key columns of `of`, `order` those of `against`, empty where its rows have no order to look at;
    `others` are columns that this one may have been mixed up with.
    """

    of: str
    against: str
    how: Comparison
    view: View
    key: tuple[str, ...]
    order: tuple[str, ...]
    others: tuple[str, ...]
    types: tuple[TypeName, TypeName]
    natives: tuple[str, str]
    compared: int
    mismatched: int

    @property
    def column(self) -> str:
        return self.how.column

    @property
    def served(self) -> str:
        """The column as SQL."""
        return quoted(self.column)

    @property
    def trained(self) -> str:
        return quoted(f"{BESIDE}{self.column}")

    @property
    def theirs(self) -> str:
        """The training column in words."""
        return f"{self.against}.{self.column}"

    @property
    def ours(self) -> str:
        return f"{self.of}.{self.column}"

    @property
    def valued(self) -> Expression:
        """Rows with a value on both sides."""
        return self.expression(f"{self.served} IS NOT NULL AND {self.trained} IS NOT NULL")

    def told(self, value: object) -> str:
        """A value of the column, or one that was computed from it, in a text."""
        return cell(self.column, value)

    def expression(self, sql: str, *more: str) -> Expression:
        return Expression(sql, (self.column, f"{BESIDE}{self.column}", *more))

    def holds(self, sql: str, *more: str, when: Expression | None = None, view: View) -> Aggregate:
        """Counts the rows of a view, or those of them that `when` keeps, for which a condition holds."""
        return Aggregate(Op.VIOLATES, self.expression(sql, *more), ("violation", when), view)


@dataclass(frozen=True)
class Hypothesis:
    """`says` goes on from "all 12 mismatches": "equal train.x // 100". `request` counts the mismatches that it explains."""

    says: str
    request: Request

    def explains(self, answer: Any) -> int:
        """How many mismatches, by the answer to the request."""
        matched, against, *errors = answer
        return int(matched) - int(against) - (int(errors[0] or 0) if self.counts_errors else 0)

    @property
    def counts_errors(self) -> bool:
        """Whether the third part of an answer counts rows on which the condition could not be evaluated."""
        return isinstance(self.request, Aggregate) and self.request.op is Op.VIOLATES


def literal(value: Any, kind: TypeName) -> str | None:
    """A value of an example as SQL, None where it has no literal."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return text_literal(value) if kind == "string" else None
    if kind in ("date", "timestamp"):
        return f"CAST({text_literal(moment_of(value).isoformat(sep=' '))} AS TIMESTAMP)"
    if isinstance(value, (int, float)) and kind in ("integer", "float", "decimal") and math.isfinite(value):
        return f"({value!r})"
    return None


def shown(value: Any, kind: TypeName) -> str:
    """A value of an example as a person reads it."""
    if value is not None and kind in ("date", "timestamp"):
        moment = moment_of(value)
        return str(moment.date() if kind == "date" else moment)
    if isinstance(value, float):
        return f"{value:.12g}"
    return "null" if value is None else str(value)


def moment_of(micros: int) -> datetime.datetime:
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=int(micros))


def equals(column: str, value: Any, kind: TypeName) -> str | None:
    """The condition that a column (as SQL) has the value of an example; None where it cannot be said."""
    written = literal(value, kind)
    if written is None:
        return None
    if kind in ("date", "timestamp"):
        return f"DATE_DIFF('microsecond', {written}, {column}) = 0"
    if kind in ("float", "decimal"):
        return f"CAST({column} AS DOUBLE) = {written}"
    return f"{column} = {written}"


def constant(values: Sequence[Any], *, share: float = PROPOSED) -> Any:
    """The value that almost all of them have, None where there is none."""
    from collections import Counter

    if not values:
        return None
    value, count = Counter(values).most_common(1)[0]
    return value if count >= share * len(values) else None
