"""One property of many columns as one item: a claim for each column, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mlgate.checks._wording import listed
from mlgate.checks.data._column_item import ColumnItem, ColumnOf
from mlgate.checks.data._contract import ColumnContract, family_of
from mlgate.checks.data._selector import Chosen, Rivals, Selector, spelled
from mlgate.core.claim import Claim
from mlgate.core.column_names import listed_names, meant
from mlgate.core.errors import MeasurementError
from mlgate.core.measured import Measured
from mlgate.core.request import Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing
from mlgate.core.table_schema import Column, TableSchema


@dataclass(frozen=True)
class ColumnGroup:
    """A property, by its name in the contract, of every column that a key stands for and that states it not itself.

    `at` is the place of all of them: its column is the key. A key that is left with no column to judge is an error.
    """

    at: ColumnOf
    selector: Selector
    contract: ColumnContract
    word: str
    rivals: Rivals

    def requests(self, scope: Scope) -> Iterable[Request]:
        items = self._resolved(scope).items
        if not items and not self.at.skip_empty:
            raise self._nothing_to_judge(scope)
        yield self.at.rows(scope)
        for item in items:
            yield from item.requests(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        resolved = self._resolved(scope)
        items, details = resolved.items, tuple(resolved.said(self))
        if not items:
            return (Claim(self._says, Nothing(self._nothing_to_judge(scope).what)),)
        claims: list[Claim] = []
        errors: list[tuple[str, MeasurementError]] = []
        for item in items:
            try:
                claims += [_about(item.at.column, claim, details) for claim in item.claims(scope, measured)]
            except MeasurementError as error:
                errors.append((item.at.column, error))
        if errors:
            raise self._unmeasured(errors, len(items), [claim for claim in claims if claim.beyond() is not None])
        return tuple(claims)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        """Those of the column that is worst."""
        broken = [(item, max((claim.beyond() or 0.0 for claim in claims), default=0.0)) for item, claims in self._broken(scope, measured)]
        worst = max(broken, key=lambda pair: pair[1], default=None)
        return worst[0].offenders(scope, measured) if worst else None

    @property
    def _says(self) -> str:
        return f"{self.word or 'the existence'} of the columns {self.selector.words} is as stated"

    def _broken(self, scope: Scope, measured: Measured) -> Iterator[tuple[ColumnItem, list[Claim]]]:
        for item in self._resolved(scope).items:
            broken = [claim for claim in item.claims(scope, measured) if claim.beyond() is not None]
            if broken:
                yield item, broken

    def _columns(self, scope: Scope) -> tuple[Column, ...]:
        """Those of the dataset and of the model that `of` names."""
        schema = scope.schema(scope.dataset_of(self.at.of))
        added = scope.model_columns.get(self.at.of) if self.at.of in scope.models else None
        if isinstance(added, MeasurementError):
            raise added
        own = {column.name: column for column in (*schema.columns, *(schema.fields if self.selector.reaches_fields else ()))}
        return tuple({**own, **({column.name: column for column in added.columns} if isinstance(added, TableSchema) else {})}.values())

    def _resolved(self, scope: Scope) -> _Resolved:
        chosen = self.rivals.chosen(self.selector, family_of(self.word), self._columns(scope))
        template = dict(self.contract.properties(self.at))[self.word]
        made = [(column, replace(template, at=replace(self.at, column=column.name))) for column in chosen.columns]
        if not self.selector.is_default:
            return _Resolved(chosen, tuple(item for _, item in made), ())
        fitting = [(column, item, item.misfit(scope) is None) for column, item in made]
        misfits = tuple(f"{column.name} ({column.type})" for column, _, fits in fitting if not fits)
        return _Resolved(chosen, tuple(item for _, item, fits in fitting if fits), misfits)

    def _nothing_to_judge(self, scope: Scope) -> MeasurementError:
        resolved = self._resolved(scope)
        chosen = resolved.chosen
        where = f"dataset {scope.dataset_of(self.at.of)!r}"
        fix = "delete the key, or allow it with `when_empty: skip`"
        if chosen.overridden or chosen.left_out or chosen.columns:
            what = f"{self.selector.words} is left with no column of {where} to judge {self.word} of: {'; '.join([*resolved.said(self)][1:])}"
            return MeasurementError(what, cause="configuration", fix=fix)
        names = [column.name for column in self._columns(scope)]
        if self.selector.of_type is not None:
            types = dict.fromkeys(column.type for column in self._columns(scope))
            return MeasurementError(f"{where} has no column of type {self.selector.of_type}", fix=f"types are {', '.join(types)}; {fix}")
        if self.at.column in names:
            fix = f"write {spelled(self.at.column)!r} for the column of that very name"
        else:
            fix = f"{meant(self.at.column.translate({ord(char): None for char in '*?[]!'}), names)}columns are {listed_names(names)}; {fix}"
        return MeasurementError(f"{self.selector.words} matches no column of {where}", cause="configuration", fix=fix)

    def _unmeasured(self, errors: Sequence[tuple[str, MeasurementError]], n: int, broken: Sequence[Claim]) -> MeasurementError:
        name, first = errors[0]
        names = listed([column for column, _ in errors])
        what = f"{len(errors):,} of {n:,} columns of {self.selector.words} ({names}): {name}: {first.what}"
        if broken:
            what += f"; claims about the others are broken ({len(broken):,}): {listed([claim.part for claim in broken])}"
        fix = f"{first.fix}; or leave the column out with `but`" if first.fix else "leave the column out with `but`"
        return MeasurementError(what, cause=first.cause, fix=fix, statement=first.statement)


@dataclass(frozen=True)
class _Resolved:
    """The items of a group on the columns at hand; `misfits` are the columns of a default whose type does not allow the property."""

    chosen: Chosen
    items: tuple[ColumnItem, ...]
    misfits: tuple[str, ...]

    def said(self, group: ColumnGroup) -> Iterator[str]:
        """Which columns are meant and which are not, in lines."""
        chosen, word = self.chosen, group.word or "existence"
        yield f"{group.selector.words} stands for {len(self.items):,} columns here"
        if chosen.overridden:
            yield f"{word} is judged under a key of their own ({len(chosen.overridden):,}): {listed(chosen.overridden)}"
        if chosen.left_out:
            yield f"left out by `but` ({len(chosen.left_out):,}): {listed(chosen.left_out)}"
        if self.misfits:
            yield f"left out, because {word} as stated does not fit their type ({len(self.misfits):,}): {listed(self.misfits)}"


def _about(column: str, claim: Claim, details: tuple[str, ...]) -> Claim:
    part = f"{column}.{claim.part}" if claim.part else column
    return replace(claim, part=part, details=(*claim.details, *details))
