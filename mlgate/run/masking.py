"""What an item may show of the data: how many offending rows, and nothing of columns that hold personal data.

The run masks in one place. Texts of kinds and adapters come with their values marked (`core.marked`); an item that is given values of a
masked column by a kind or an adapter that does not mark shows its numbers only.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from mlgate.core.check import Check
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.gate import Dataset, Gate
from mlgate.core.marked import quoting, shown
from mlgate.core.request import BESIDE, ROW_NUMBER, Aggregate, Op, Overlap, Request, Rows, columns_of
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.table_schema import TableSchema
from mlgate.core.verdict import Offenders, Outcome, Verdict
from mlgate.run.judge import Judged

MASKED = "masked"
WITHHELD = "(withheld: it may quote values of masked columns)"
_NOT_SHOWN = "(not shown)"
_OF_ROWS = frozenset({Op.SHIFTED, Op.ROWS, Op.NULLS, Op.NAN, Op.INFINITE, Op.VIOLATES, Op.DISTINCT, Op.DUPLICATES, Op.ORDER_BREAKS, Op.PAIRED})
_COUNTING = _OF_ROWS | {Op.OUTSIDE, Op.IN, Op.NOT_IN, Op.MATCHING, Op.NOT_MATCHING, Op.LENGTH_OUTSIDE, Op.PRESENT}  # no value is in the answer
_BESIDE = (BESIDE, "baseline_")  # prefixes of a column's name in a view


@dataclass(frozen=True)
class Mask:
    """What one item may show. `columns` are the masked names, `everything` stands for all names; `salt` makes this run's pseudonyms."""

    salt: bytes
    samples: int
    columns: frozenset[str] = frozenset()
    everything: bool = False

    @property
    def idle(self) -> bool:
        """Whether nothing is masked."""
        return not (self.columns or self.everything)

    def covers(self, names: Iterable[str]) -> bool:
        """Whether one of these columns is masked, under whatever name a view gives it; a field of a struct also masks the struct."""
        return self.everything or any(one in self.columns or one in self._structs for name in names for one in _names_of(name))

    @cached_property
    def _structs(self) -> frozenset[str]:
        """What may be a struct with a masked field: the beginnings of dotted names."""
        return frozenset(name[:place] for name in self.columns for place, char in enumerate(name) if char == ".")

    def pseudonym(self, text: str) -> str:
        """One name for one value within this run. The salt is in no report, so that nobody can find the value by trying guesses."""
        return f"{MASKED}:{hmac.new(self.salt, text.encode(errors='backslashreplace'), hashlib.sha256).hexdigest()[:8]}"

    def told(self, requests: Iterable[Request]) -> list[Request]:
        """The requests whose answers can hold values of masked columns."""
        return [] if self.idle else [request for request in requests if _gives_values(request) and self.covers(_given(request))]

    def raised(self, error: MeasurementError, check: Check, requests: Iterable[Request]) -> MeasurementError:
        """An error that a kind raised, without the words of one that does not mark its values."""
        if check.marks_values or not self.told(requests):
            return error
        return MeasurementError(f"{check.kind} of {check.id}: {quoting(error.what)}", cause=error.cause)

    def judged(self, one: Judged, check: Check, told: Sequence[Request]) -> Judged:
        """The same without numbers that are values of a masked column, and without the words of a kind that does not mark its values.

        `told` are the item's requests whose answers can hold such values.
        """
        if not told:
            return one
        if not check.marks_values:
            one = replace(one, claim=_silent(one.claim, check), flags=tuple(WITHHELD for _ in one.flags))
        revealing = not check.marks_values or any(isinstance(request, Aggregate) and request.op is not Op.MISMATCHES for request in told)
        if revealing and isinstance(one.claim.statistic, Exact) and one.estimate.value is not None:
            return replace(one, estimate=replace(one.estimate, value=MASKED))
        return one

    def verdict(self, verdict: Verdict) -> Verdict:
        """The same with every marked value either written out or replaced."""
        error = verdict.outcome is Outcome.ERROR
        made: Verdict = _everywhere(verdict, lambda text: self._text(text, error=error))
        return made

    def text(self, text: str) -> str:
        """A text of its own (of no verdict) with its marked values written out or replaced."""
        return self._text(text, error=True)

    def _text(self, text: str, *, error: bool) -> str:
        def value(columns: Sequence[str], written: str) -> str:
            if self.covers(columns):
                return self.pseudonym(written)
            return _NOT_SHOWN if error and not self.samples else written  # an error that quotes a value shows a sample

        def message(columns: Sequence[str], written: str) -> str:
            return WITHHELD if (self.covers(columns) if columns else not self.idle) else written

        return shown(text, value, message)

    def asked(self, rows: Rows) -> Rows:
        """The request for the rows that may be shown; numbered in file order where a masked cell could else not be found again."""
        return replace(rows, limit=self.samples, numbered=any(self.covers(_columns(part)) for part in rows.columns))

    def offenders(self, rows: Rows, answer: Mapping[Any, Any], total: int | None) -> Offenders:
        """The rows as a report shows them."""
        names = tuple(str(column).replace(BESIDE, f"{rows.beside}.", 1) if rows.beside else str(column) for column in rows.columns)
        hidden = [self.covers(_columns(part)) for part in rows.columns]
        columns = [answer[part] for part in rows.columns]
        if ROW_NUMBER in answer:
            names, hidden, columns = ("row", *names), [False, *hidden], [answer[ROW_NUMBER], *columns]
        cells = tuple(tuple(self._cell(value, hide) for value, hide in zip(row, hidden, strict=True)) for row in zip(*columns, strict=True))
        return Offenders(names, cells, total)

    def _cell(self, value: Any, hide: bool) -> str:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return "null"
        return self.pseudonym(str(value)) if hide else str(value)


def mask_of(gate: Gate, check: Check, scope: Scope, salt: bytes) -> Mask:
    """The mask of a check's items. Raises `MeasurementError` where the check masks a column that its rows do not have: a typo would leak."""
    samples = gate.policy.samples if check.samples is None else check.samples
    named = [name for name in _texts(check) if name in gate.datasets or name in gate.models]
    datasets = dict.fromkeys(scope.dataset_of(name) for name in named) or gate.datasets
    wanted = {name: gate.datasets[name].mask for name in datasets}
    everything, columns = False, set[str]()
    if check.mask:
        if check.mask == "all":
            wanted |= dict.fromkeys(datasets, "all")
        else:
            _refuse_unknown(check.mask, _known(scope, (*datasets, *named)), " and ".join(datasets))
            columns.update(check.mask)
    for name, mask in wanted.items():
        if mask == "all":
            schema = scope.schemas[name]
            everything |= isinstance(schema, MeasurementError)
            columns.update(schema.names if isinstance(schema, TableSchema) else ())
        else:
            columns.update(mask)
    return Mask(salt, samples, frozenset(one.casefold() for one in columns), everything)


def strictest(gate: Gate, salt: bytes) -> Mask:
    """The mask of what belongs to no item: everything, where anything is masked."""
    masked = any(one.mask for one in gate.datasets.values()) or any(one.mask for one in gate.checks)
    return Mask(salt, gate.policy.samples, everything=masked)


def refuse_unknown_mask(name: str, declared: Dataset, schema: TableSchema) -> None:
    """Raises `MeasurementError` where a dataset masks a column that it does not have: the name that was meant would be shown."""
    for column in declared.mask if declared.mask != "all" else ():
        if column not in schema.known:
            near = get_close_matches(column, schema.names, n=1)
            raise MeasurementError(
                f"datasets.{name}.mask names the column {column!r}, which {name} does not have: nothing of {name} is shown",
                cause="configuration",
                fix=f"{f'did you mean {near[0]!r}? ' if near else ''}columns are {', '.join(schema.names[:40])}",
            )


def _known(scope: Scope, names: Sequence[str]) -> Sequence[str]:
    """The columns of datasets, and those that models add; none where not all of them can be known."""
    found: list[str] = []
    for name in names:
        schema = scope.model_columns.get(name) if name in scope.models else scope.schemas[name]
        if not isinstance(schema, TableSchema):
            return ()
        found += [*schema.known, *(f"baseline_{one}" for one in schema.names if name in scope.models)]
    return found


def _refuse_unknown(mask: Sequence[str], known: Sequence[str], where: str) -> None:
    for name in mask:
        if known and name not in known:
            near = get_close_matches(name, known, n=1)
            raise MeasurementError(
                f"mask names the column {name!r}, which {where} does not have",
                cause="configuration",
                fix=f"{f'did you mean {near[0]!r}? ' if near else ''}a name that masks nothing would let values through",
            )


def _texts(value: Any) -> Iterator[str]:
    """Every text in the keys of a check's kind, at any depth: among them the names of its datasets and models."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name)) if not (isinstance(value, Check) and name in Check.model_fields) else ()
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for part in pair for text in _texts(part))
    elif isinstance(value, (tuple, list, frozenset)):
        yield from (text for part in value for text in _texts(part))


def _names_of(name: str) -> Iterator[str]:
    """The name, without what a view puts before it, and the structs that it may be a field of."""
    name = name.casefold()
    for one in (name, *(name.removeprefix(prefix) for prefix in _BESIDE if name.startswith(prefix))):
        yield one
        yield from (one[:place] for place, char in enumerate(one) if char == ".")


def _columns(part: str | Expression) -> Sequence[str]:
    return part.columns if isinstance(part, Expression) else (part,)


def _gives_values(request: Request) -> bool:
    """Whether an answer can hold a value, instead of counts alone; a word that is not known here is taken to."""
    counting = isinstance(request, Aggregate) and request.op in _COUNTING
    return not (counting or (isinstance(request, Overlap) and not request.shown))


def _given(request: Request) -> Sequence[str]:
    """The columns whose values an answer can hold: of an aggregate what it is of, else all that is read."""
    if isinstance(request, Aggregate) and request.op is not Op.EXAMPLES:
        parts = [part for part in (request.of, *request.args) if isinstance(part, Expression) or part is request.of]
        return [name for part in parts if isinstance(part, (str, Expression)) for name in _columns(part)]
    return columns_of(request)


def _silent(claim: Claim, check: Check) -> Claim:
    """A claim without the words of a kind that does not mark its values."""
    says = f"{check.kind} of {check.id} is as stated"
    statistic = Nothing(WITHHELD) if isinstance(claim.statistic, Nothing) else claim.statistic
    return Claim(says, statistic, claim.low, claim.high, claim.null, claim.unit, seen=WITHHELD if claim.seen else "")


def _everywhere(value: Any, change: Any) -> Any:
    """A verdict, or a part of one, with every text in it changed."""
    if type(value) is str:
        return change(value)
    if isinstance(value, tuple):
        return tuple(_everywhere(part, change) for part in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    parts = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    changed = {name: after for name, part in parts.items() if (after := _everywhere(part, change)) is not part and after != part}
    return replace(value, **changed) if changed else value
