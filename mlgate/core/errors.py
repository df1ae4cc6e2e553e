"""The error tree. Every message says where, what, got, expected and how to fix it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Cause = Literal["data", "model", "infrastructure", "configuration"]


class MlgateError(Exception):
    """Any error that mlgate raises on purpose."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in a gate file, at a place.

    `line` and `column` are 1-based; 0 where the file as a whole is meant.
    """

    path: str
    line: int
    column: int
    what: str
    got: str = ""
    expected: str = ""
    fix: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        rows = [f"{place}: {self.what}"]
        rows += [f"  {word + ':':<9} {text}" for word, text in (("got", self.got), ("expected", self.expected), ("fix", self.fix)) if text]
        return "\n".join(rows)


class GateFileError(MlgateError):
    """A gate file (or a Python gate) that cannot be used; carries all its faults at once."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class MeasurementError(MlgateError):
    """A request that could not be answered; the checks that asked for it become ERROR, all others go on.

    `cause` says whose fault it is, `fix` what to do next, `statement` the SQL that failed where there was one. `missing` marks a file
    that is not there, so that `if_missing: first_run` can tell the first model ever from a broken one.
    """

    def __init__(self, what: str, *, cause: Cause = "data", fix: str = "", statement: str = "", missing: bool = False) -> None:
        self.what, self.cause, self.fix, self.statement, self.missing = what, cause, fix, statement, missing
        super().__init__(what)


class PluginError(MlgateError):
    """A third-party kind, metric, distance, engine, source or model adapter that cannot be loaded."""
