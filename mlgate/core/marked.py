"""Values of the data inside texts: marked where they are written, so that the run can take those of masked columns out again.

A check, an engine or a model adapter writes a value with `cell`, and what somebody else said (a database, a user's function) with
`quoting`; the marks are private characters that never reach a report. Text that is not marked is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from mlgate.core.errors import MeasurementError

_OPEN, _BETWEEN, _CLOSE, _AND = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = re.compile(f"[{_OPEN}-{_AND}]")
_MARKED = re.compile(f"{_OPEN}([^{_OPEN}-{_CLOSE}]*){_BETWEEN}([^{_OPEN}-{_CLOSE}]*)(?:{_CLOSE}|$)")  # a text that was cut ends what it marks
_QUOTING = "?"  # first of the columns where a whole message is marked instead of one value

Shown = Callable[[Sequence[str], str], str]


def cell(columns: str | Sequence[str], value: object) -> str:
    """A value of one column (or one computed from several) as part of a text."""
    names = (columns,) if isinstance(columns, str) else tuple(columns)
    return _marked(names, str(value))


def quoting(text: object, columns: Sequence[str] = ()) -> str:
    """What somebody else said about these columns (about any, where none is named): it may quote their values."""
    return _marked((_QUOTING, *columns), _MARKED.sub(lambda found: found[2], str(text)))


def shown(text: str, value: Shown, message: Shown) -> str:
    """The text without marks: `value` and `message` are given the columns and the text of each mark and say what stands there."""

    def replaced(found: re.Match[str]) -> str:
        first, *names = found[1].split(_AND)
        return message(names, found[2]) if first == _QUOTING else value((first, *names), found[2])

    if _OPEN not in text:
        return text
    return _MARKS.sub("", _MARKED.sub(replaced, text))


@contextmanager
def telling(*speakers: object) -> Iterator[None]:
    """Takes what an adapter, a metric or a distance says for a quotation, unless its class says `marks_values = True`: then it marks values."""
    try:
        yield
    except MeasurementError as error:
        if all(getattr(speaker, "marks_values", False) for speaker in speakers):
            raise
        what, fix = quoting(error.what), quoting(error.fix) if error.fix else ""
        raise MeasurementError(what, cause=error.cause, fix=fix, statement=error.statement, missing=error.missing) from error


def _marked(columns: Sequence[str], text: str) -> str:
    names = _AND.join(_MARKS.sub("", name) for name in columns)
    return f"{_OPEN}{names}{_BETWEEN}{_MARKS.sub('', text)}{_CLOSE}"


def written(text: str) -> str:
    """The text with every value written out: for tests, and for whoever owns the data."""
    return shown(text, lambda _, value: value, lambda _, message: message)
