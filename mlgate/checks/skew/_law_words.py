"""What a report says about counterexamples of laws."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.checks.skew._law_findings import Counterexample, LawFinding, Search
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell, quoting


def counterexample_lines(example: Counterexample, samples: int) -> tuple[str, ...]:
    """The rows, what differs, and the rows as Python; nothing where no values may be shown."""
    if not samples:
        return ()
    return tuple(_lines(example))


def _lines(example: Counterexample) -> Iterator[str]:
    if example.cells:
        rows = "1 row" if len(example.cells) == 1 else f"{len(example.cells)} rows"
        yield f"{'the smallest batch found' if not example.kept_from else 'a batch'} that breaks it, {rows}" + _aside(example.kept_from)
        yield "  " + " | ".join((*(("index",) if example.index else ()), *example.columns))
        for place, row in enumerate(example.cells):
            shown = [cell(column, value) for column, value in zip(example.columns, row, strict=True)]
            yield "  " + " | ".join((*example.index[place : place + 1], *shown))
    if example.got and example.expected:
        yield f"{example.column or 'it'}: {_value(example, example.expected)} expected, {_value(example, example.got)} got"
    elif example.got:
        yield f"{example.column or 'it'}: {_value(example, example.got)}"
    if example.code:
        yield f"to try it: @example({quoting(example.code, example.columns)})"


def _aside(kept_from: str) -> str:
    return f" ({kept_from})" if kept_from else ""


def _value(example: Counterexample, text: str) -> str:
    """A value or a message that the callable made of the rows: it may tell any of their columns."""
    return quoting(text, example.columns)


def few_words(of: str, search: Search, finding: LawFinding, needed: int) -> tuple[str, str]:
    """Why a law was tried on too few batches, and what to do."""
    if search.trouble:
        return search.trouble[0], "describe the rows more simply"
    if finding.mute:
        what = f"{of} raised on {finding.silent:,} of {finding.silent + finding.tried:,} batches: {quoting(finding.mute)}"
        return what, "mend that first; `schema_stable` shows the rows"
    if search.examples < search.wanted:
        what = f"only {search.examples:,} of {search.wanted:,} batches were tried in {search.seconds:.0f} s, and {needed:,} are needed for a PASS"
        return what, "raise `seconds`, or name fewer columns"
    what = f"only {finding.tried:,} of {search.examples:,} batches say something about it, and {needed:,} are needed for a PASS"
    return what, "raise `examples`; a callable that drops or adds rows breaks `keeps_rows` first"


def stopped_error(of: str, search: Search, samples: int) -> MeasurementError:
    """The error of a law that could not be judged, because the callable ended or blocked its process."""
    rows = counterexample_lines(search.stopped_on, samples) if search.stopped_on is not None else ()
    what = "; ".join((f"{of} {search.stopped}", *rows, *(search.notes if samples else ())))
    return MeasurementError(what, cause="configuration", fix="call it on these rows by hand" if rows else "call it on a few rows by hand")
