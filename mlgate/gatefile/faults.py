"""Collects the faults of a gate and shows them: where, what, got, expected, fix."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from mlgate.core.errors import Fault, GateFileError
from mlgate.gatefile.secrets import masked
from mlgate.gatefile.trail import Trail, spell

MAX_FAULTS = 200  # a file with more is some other file
_WIDTH = 110  # of a source line shown under a fault
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML counts as a line break


class Faults:
    """All faults of one gate. `locate` gives the place of a value or, with True, of its key."""

    def __init__(self, path: str, locate: Callable[[Trail, bool], tuple[int, int]], known: Iterable[Fault] = ()) -> None:
        self.path = path
        self._locate = locate
        self._found = dict.fromkeys(known)
        self._closed: set[Trail] = set()
        self._left_out = 0

    def add(self, at: Trail, what: str, *, got: str = "", expected: str = "", fix: str = "", on_key: bool = False) -> None:
        """Notes a fault at a value (or at its key, `on_key`). Two equal ones are one."""
        if at in self._closed:
            return
        line, column = self._locate(at, on_key)
        where = spell(at)
        texts = [masked(_printable(text)) for text in (f"{where}: {what}" if where else what, got, expected, fix)]
        fault = Fault(self.path, line, column, *texts)
        if len(self._found) >= MAX_FAULTS and fault not in self._found:
            self._left_out += 1
        else:
            self._found[fault] = None

    def close(self, at: Trail) -> None:
        """What is noted about this value says it all: later faults at it are consequences, and left out."""
        self._closed.add(at)

    def unknown(self, at: Trail, what: str, word: object, words: Iterable[str], *, more: str = "", on_key: bool = False) -> None:
        """Notes a word that is none of the allowed ones: shows those, and the nearest of them."""
        words = list(words)
        near = nearest(word, words) if len(self._found) < MAX_FAULTS else None
        hints = [f"did you mean {near!r}?" if near else "", more]
        fix = " ".join(hint for hint in hints if hint)
        self.add(at, f"unknown {what}", got=shown(word), expected=one_of(words) if words else "nothing", fix=fix, on_key=on_key)

    def __len__(self) -> int:
        return len(self._found)

    def raise_any(self) -> None:
        """Raises `GateFileError` with all faults, if there are any."""
        if self._found:
            more = [Fault(self.path, 10**9, 1, f"and {self._left_out:,} more faults")] if self._left_out else []
            raise GateFileError((*self._found, *more))


def nearest(word: object, words: Iterable[str]) -> str | None:
    """The allowed word that looks most like `word`, if any does; of equally near ones the one with the same letters."""
    plain = str(word).lower()[:80].replace("-", "_")
    spelled = {allowed.lower().replace("-", "_"): allowed for allowed in words}
    close = difflib.get_close_matches(plain, [*spelled], n=3, cutoff=0.6)
    if not close:
        return None
    return spelled[max(close, key=lambda found: (difflib.SequenceMatcher(None, plain, found).ratio(), sorted(found) == sorted(plain)))]


def one_of(words: Iterable[str]) -> str:
    """`one of a, b, c`, or the word itself where there is one only."""
    words = list(words)
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"


def shown(value: Any) -> str:
    """A value of a gate file in one short line, spelled as YAML spells it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: ".inf", -math.inf: "-.inf"}.get(value, ".nan")
    if isinstance(value, Mapping):
        return _cut("{" + ", ".join(f"{key}: {shown(part)}" for key, part in list(value.items())[:10]) + "}")
    if isinstance(value, (list, tuple)):
        return _cut("[" + ", ".join(shown(part) for part in value[:10]) + "]")
    if isinstance(value, (str, int, float)):
        return _cut(masked(repr(value)))
    return f"an object of type {type(value).__name__}"


def render(error: GateFileError, *, folder: Path | None = None) -> str:
    """All faults for a terminal, each with its source line and a caret. `folder` is what the paths in the faults are relative to."""
    sources: dict[str, list[str]] = {}
    blocks = []
    for fault in error.faults:
        if fault.path not in sources:
            sources[fault.path] = _source(Path(folder or ".", fault.path))
        first, *rest = str(fault).split("\n")
        blocks.append("\n".join([first, *_excerpt(fault, sources[fault.path]), *rest]))
    return "\n".join(blocks)


def _source(path: Path) -> list[str]:
    try:
        return _BREAK.split(path.read_text(encoding="utf-8-sig", errors="replace"))
    except (OSError, ValueError):  # gone or not a path: the fault stands without its line
        return []


def _excerpt(fault: Fault, source: list[str]) -> list[str]:
    if not 0 < fault.line <= len(source):
        return []
    line = masked("".join(char if char.isprintable() else " " for char in source[fault.line - 1]))
    start = max(0, min(fault.column - _WIDTH // 2, len(line) - _WIDTH)) if len(line) > _WIDTH else 0
    number = str(fault.line)
    lines = [f"  {number} | {line[start : start + _WIDTH].rstrip()}"]
    if fault.column:
        lines.append(f"  {' ' * len(number)} | {' ' * (fault.column - 1 - start)}^")
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
