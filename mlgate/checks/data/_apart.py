"""The two sides of a leakage check: the rows a model is evaluated on, and the rows it was trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.checks._wording import share_words, slice_words
from mlgate.core.bound import ShareBound
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.measured import Measured
from mlgate.core.request import Aggregate, Op
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.view import View


@dataclass(frozen=True)
class Apart:
    """`of` holds the evaluation rows, `against` the training rows; each may be a slice."""

    of: str
    against: str
    where: Expression | None = None
    against_where: Expression | None = None

    def here(self, scope: Scope) -> View:
        return scope.view(self.of, where=self.where)

    def there(self, scope: Scope) -> View:
        return scope.view(self.against, where=self.against_where)

    @property
    def words(self) -> tuple[str, str]:
        """Both sides in words."""
        return f"{self.of}{slice_words(self.where)}", f"{self.against}{slice_words(self.against_where)}"

    def counts(self, scope: Scope) -> Iterator[Aggregate]:
        """The rows of both sides."""
        return (Aggregate(Op.ROWS, None, (), view) for view in (self.here(scope), self.there(scope)))

    def nothing(self, scope: Scope, measured: Measured) -> Nothing | None:
        """Why there is nothing to compare; None where both sides have rows."""
        empty = [words for words, count in zip(self.words, self.counts(scope), strict=True) if measured[count] == 0]
        return Nothing(f"{' and '.join(empty)} {'have' if len(empty) > 1 else 'has'} no rows") if empty else None

    def shared(self, scope: Scope) -> list[str]:
        """The columns that both datasets have, but those with a role: key, label, time and group. Raises `MeasurementError` where there are none."""
        left, right = (scope.schema(scope.dataset_of(name)) for name in (self.of, self.against))
        roles = {role for name in (self.of, self.against) for role in roles_of(scope, name)}
        found = [name for name in left.names if name in right.types and name not in roles]
        if not found:
            what = f"{self.of} and {self.against} share no column but those with a role (key, label, time, group)"
            raise MeasurementError(what, fix="name the columns")
        return found


def roles_of(scope: Scope, of: str) -> tuple[str, ...]:
    """The columns of a dataset that are no features."""
    spec = scope.spec(of)
    return tuple(name for name in (*spec.key, spec.label, spec.time, spec.group) if name is not None)


@dataclass(frozen=True)
class Seen:
    """Rows that should not be where they are: `part` of `whole`, in words, with further lines and what to do."""

    part: int
    whole: int
    what: str
    details: Sequence[str] = ()
    fix: str = ""

    def claim(self, says: str, bound: ShareBound, *, at_most_more: int = 0) -> Claim:
        """The claim that their share is within the bound. `at_most_more` rows may have been overlooked, and are counted as well."""
        low, high = bound.limits
        counted = min(self.whole, self.part + at_most_more)
        statistic: Any = Exact(counted / self.whole, self.whole, self.part)
        seen = f"{share_words(self.part, self.whole)} {self.what}"
        return Claim(says, statistic, low=low, high=high, unit="share", seen=seen, details=tuple(self.details), fix=self.fix)


def without(rows: int, what: str) -> list[str]:
    """A line on rows that were left out, none where there are none."""
    return [f"{rows:,} rows of {what} are left out"] if rows else []
