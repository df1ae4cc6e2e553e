"""What can be claimed of a label: shares of its classes, which classes there are, and that equal features have one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlgate.checks._columns_of import both, column_type, offending_rows
from mlgate.checks._shares import share_of
from mlgate.checks._wording import examples, listed, share_words, slice_words
from mlgate.checks.data._cells import comparable, distinct_cells, misfit
from mlgate.checks.data._picked import Combination, rows_with
from mlgate.core import marked
from mlgate.core.bound import CellLiteral, ShareBound, plain
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.measured import Measured
from mlgate.core.request import Counts, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing


@dataclass(frozen=True)
class LabelOf:
    """The label of the rows that `of` names, or of the slice `where` of them; `column` None means the one the dataset declares."""

    of: str
    column: str | None
    where: Expression | None
    sampled: bool = False

    @property
    def words(self) -> str:
        return f"{self.column or 'the label'} of {self.of}"

    def name(self, scope: Scope) -> str:
        """Raises `MeasurementError` where no label is declared, or it is not there."""
        name = self.column or scope.label(self.of)
        column_type(scope, self.of, name)
        return name

    def counts(self, scope: Scope) -> Counts:
        return Counts((self.name(scope),), scope.view(self.of, where=self.where))

    def rows(self, scope: Scope, measured: Measured) -> tuple[dict[Any, int], int]:
        """Rows of each class, and rows without a label."""
        kind = column_type(scope, self.of, self.name(scope))
        found: dict[Any, int] = {}
        for (value,), rows in measured[self.counts(scope)].items():
            found[comparable(kind, value)] = found.get(comparable(kind, value), 0) + rows
        return found, found.pop(None, 0)

    def examples(self, what: str, rows: Mapping[Any, int], scope: Scope) -> tuple[str, ...]:
        """Classes with their rows, the most frequent first, as a line of details."""
        ranked, name = dict(sorted(rows.items(), key=lambda item: (-item[1], str(item[0])))), self.name(scope)
        return examples(what, ranked, lambda value: marked.cell(name, _text(value)), scope.samples)

    def cells(self, scope: Scope, cells: Sequence[CellLiteral], key: str) -> tuple[Any, ...]:
        """Classes of the gate file as values of the column. Raises `MeasurementError` where they are of another type."""
        name = self.name(scope)
        kind = column_type(scope, self.of, name)
        if fault := misfit(kind, cells, name, key=key):
            raise fault
        return tuple(comparable(kind, cell) for cell in cells)


@dataclass(frozen=True)
class SharesItem:
    """Each named class makes up a share of the labelled rows within its bound. One claim a class."""

    at: LabelOf
    shares: tuple[tuple[CellLiteral, ShareBound], ...]

    def requests(self, scope: Scope) -> Iterable[Request]:
        self.at.cells(scope, [cell for cell, _ in self.shares], "shares")
        return (self.at.counts(scope),)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        rows, unlabelled = self.at.rows(scope, measured)
        values = self.at.cells(scope, [cell for cell, _ in self.shares], "shares")
        details = (*self.at.examples("classes", rows, scope), *_without(unlabelled))
        n = sum(rows.values())
        return tuple(self._claim(cell, bound, rows.get(value, 0), n, details) for (cell, bound), value in zip(self.shares, values, strict=True))

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None

    def _claim(self, cell: CellLiteral, bound: ShareBound, part: int, n: int, details: tuple[str, ...]) -> Claim:
        low, high = bound.limits
        says = f"the share of class {_text(cell)} in {self.at.words} is {bound}{slice_words(self.at.where)}"
        name = _text(cell) if len(self.shares) > 1 else ""
        if n == 0:
            return Claim(says, Nothing("no labelled rows"), low=low, high=high, unit="share", part=name)
        seen, statistic = share_words(part, n, sampled=self.at.sampled), share_of(part, n, sampled=self.at.sampled)
        fix = "look for a source, a period or a labelling rule that changed; if the mix is meant, state it here"
        return Claim(says, statistic, low=low, high=high, unit="share", seen=seen, details=details, part=name, fix=fix)


@dataclass(frozen=True)
class ClassesItem:
    """No other class than those named occurs."""

    at: LabelOf
    classes: tuple[CellLiteral | None, ...]

    def requests(self, scope: Scope) -> Iterable[Request]:
        self._allowed(scope)
        return (self.at.counts(scope),)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        rows, unlabelled = self.at.rows(scope, measured)
        named = listed([_text(cell) for cell in distinct_cells(self.classes)])
        says = f"{self.at.words} is one of {named}{slice_words(self.at.where)}"
        n = sum(rows.values())
        if n == 0:
            return (Claim(says, Nothing("no labelled rows"), high=0, unit="rows"),)
        others = self._others(scope, rows)
        found = sum(others.values())
        seen = f"{share_words(found, n)} are of another class"
        details = self.at.examples("other classes", others, scope)
        fix = "mend the label where it is written, or state the new class here and retrain"
        return (Claim(says, Exact(found, n, found), high=0, unit="rows", seen=seen, details=(*details, *_without(unlabelled)), fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        name = self.at.name(scope)
        others = self._others(scope, self.at.rows(scope, measured)[0])
        if not others:
            return None
        picked = rows_with({name: column_type(scope, self.at.of, name)}, [(value,) for value in list(others)[: scope.samples]])
        return offending_rows(scope, self.at.of, scope.view(self.at.of, where=both(self.at.where, picked)), (name,))

    def _allowed(self, scope: Scope) -> frozenset[Any]:
        return frozenset(self.at.cells(scope, distinct_cells(self.classes), "classes"))

    def _others(self, scope: Scope, rows: Mapping[Any, int]) -> dict[Any, int]:
        allowed = self._allowed(scope)
        others = {value: count for value, count in rows.items() if value not in allowed}
        return dict(sorted(others.items(), key=lambda item: (-item[1], str(item[0]))))


@dataclass(frozen=True)
class ConflictsItem:
    """Rows that are equal in all features have one label, up to a tolerated share."""

    at: LabelOf
    features: tuple[str, ...]
    bound: ShareBound

    def requests(self, scope: Scope) -> Iterable[Request]:
        name = self.at.name(scope)
        for feature in self.features:
            column_type(scope, self.at.of, feature)
        if name in self.features:
            raise MeasurementError(
                f"the label {name!r} is among its own features", cause="configuration", fix=f"take {name} out of `features`: it decides itself"
            )
        return (self._counts(scope),)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        low, high = self.bound.limits
        together = f"equal {', '.join(self.features)}"
        some = f"the share of rows that others with {together} contradict is {self.bound}"
        says = f"{self.at.words}: {f'rows with {together} have one' if high == 0 else some}{slice_words(self.at.where)}"
        answer: Mapping[Combination, int] = measured[self._counts(scope)]
        n = sum(rows for values, rows in answer.items() if values[-1] is not None)
        if n == 0:
            return (Claim(says, Nothing("no labelled rows"), low=low, high=high, unit="share"),)
        groups = self._conflicts(scope, measured)
        rows = sum(sum(labels.values()) for labels in groups.values())
        seen = f"{share_words(rows, n, sampled=self.at.sampled)} contradict each other" + (f", in {len(groups):,} groups" if groups else "")
        statistic = share_of(rows, n, sampled=self.at.sampled)
        unlabelled = _without(sum(answer.values()) - n)
        fix = "ask who labelled these rows, or add the feature that tells them apart"
        return (Claim(says, statistic, low=low, high=high, unit="share", seen=seen, details=unlabelled, fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        groups = list(self._conflicts(scope, measured))
        if not groups:
            return None
        told = [group for group in groups if any(value is not None for value in group)][: scope.samples]
        kinds = {feature: column_type(scope, self.at.of, feature) for feature in self.features}
        view = scope.view(self.at.of, where=both(self.at.where, rows_with(kinds, told or groups)))
        shown = offending_rows(scope, self.at.of, view, (*self.features, self.at.name(scope)))
        return replace(shown, repeated=self.features if told else ())  # rows of nothing but nulls are no repetition, and one group anyway

    def _counts(self, scope: Scope) -> Counts:
        return Counts((*self.features, self.at.name(scope)), scope.view(self.at.of, where=self.at.where))

    def _conflicts(self, scope: Scope, measured: Measured) -> dict[Combination, dict[Any, int]]:
        """Rows of each label, for the combinations of features that have more than one; the fewest rows first, as they are read most easily."""
        groups: dict[Combination, dict[Any, int]] = {}
        for values, rows in measured[self._counts(scope)].items():
            if values[-1] is not None:
                groups.setdefault(values[:-1], {})[values[-1]] = rows
        found = [(features, labels) for features, labels in groups.items() if len(labels) > 1]
        return dict(sorted(found, key=lambda item: (sum(item[1].values()), str(item[0]))))


def _without(rows: int) -> tuple[str, ...]:
    return (f"{rows:,} rows have no label and are left out",) if rows else ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else plain(value) if isinstance(value, (bool, int, float)) else str(value)
