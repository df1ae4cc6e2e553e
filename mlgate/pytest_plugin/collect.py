"""Gate files and gate functions become pytest nodes. Nothing here opens data."""

from __future__ import annotations

import hashlib
import inspect
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlgate.core.check import Check, item_ids
from mlgate.core.errors import Fault, GateFileError
from mlgate.core.gate import Gate
from mlgate.pytest_plugin.item import BrokenGateItem, GateItem

SUFFIXES = (".gate.yaml", ".gate.yml")
BROKEN = "gate-file"  # the one item of a gate file that cannot be used
_TAKEN_TAGS = frozenset({"skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings", "flaky", "timeout", "xdist_group", "mlgate"})


@dataclass(frozen=True)
class Collected:
    """A gate as pytest knows it: `key` is the node id of the file or function, `gate` None where it is broken."""

    key: str
    gate: Gate | None
    digest: str
    declared: tuple[str, ...]


COLLECTED = pytest.StashKey[dict[str, Collected]]()


class GateFile(pytest.File):
    """A `*.gate.yaml` file."""

    def collect(self) -> Iterator[pytest.Item]:
        from mlgate.gatefile.loader import load

        return _items(self, lambda: load(self.path), digest_of=lambda: _file_digest(self.path), line=1)


class PythonGate(pytest.Collector):
    """A function marked `@mlgate.gate` in a test module."""

    def __init__(self, *, function: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.function = function

    def collect(self) -> Iterator[pytest.Item]:
        from mlgate.gatefile.python_gate import build

        line = inspect.unwrap(self.function).__code__.co_firstlineno if inspect.isfunction(inspect.unwrap(self.function)) else 1
        return _items(self, lambda: build(self.function), digest_of=lambda: _file_digest(self.path), line=line)


def _items(parent: pytest.Collector, load: Callable[[], Gate], *, digest_of: Callable[[], str], line: int) -> Iterator[pytest.Item]:
    collected = parent.config.stash[COLLECTED]
    try:
        gate = load()
        ids = [(check, item_id) for check in gate.checks for item_id in item_ids(check)]
        _refuse_clashes(gate, ids)
    except Exception as error:  # noqa: BLE001  a gate function may raise anything; one erroring item, and all other files go on
        collected[parent.nodeid] = Collected(parent.nodeid, None, digest_of(), (BROKEN,))
        yield _broken(parent, error, line)
        return
    collected[parent.nodeid] = Collected(parent.nodeid, gate, gate.digest, tuple(item_id for _, item_id in ids))
    for check, item_id in ids:
        yield _item(parent, gate, check, item_id, gate.lines.get(check.id, line))


def _item(parent: pytest.Collector, gate: Gate, check: Check, item_id: str, line: int) -> GateItem:
    # pytest 9.2 finds an item again by --lf only if its node id was given explicitly
    item = GateItem.from_parent(parent, name=item_id, nodeid=f"{parent.nodeid}::{item_id}", gate=gate, check=check, line=line)
    item.add_marker("mlgate")
    for tag in check.tags:
        parent.config.addinivalue_line("markers", f"{tag}: a tag of mlgate checks")  # before add_marker, for --strict-markers
        item.add_marker(tag)
    if parent.config.pluginmanager.hasplugin("rerunfailures"):
        item.add_marker(pytest.mark.flaky(reruns=0))  # a rerun reads the same verdict, and its report would look like a pass
    return item


def _broken(parent: pytest.Collector, error: Exception, line: int) -> BrokenGateItem:
    item = BrokenGateItem.from_parent(parent, name=BROKEN, nodeid=f"{parent.nodeid}::{BROKEN}", error=error, line=line)
    item.add_marker("mlgate")
    return item


def _refuse_clashes(gate: Gate, ids: list[tuple[Check, str]]) -> None:
    """Raises for what only pytest can trip over: two items of one name, tags that mean something to pytest."""
    faults, seen = [], set()
    for check, item_id in ids:
        line = gate.lines.get(check.id, 0)
        if item_id in seen:
            faults.append(Fault(gate.path, line, 1, "two items have the same id", got=repr(item_id), fix="rename the check or the part"))
        seen.add(item_id)
    for check in gate.checks:
        line = gate.lines.get(check.id, 0)
        faults += [
            Fault(gate.path, line, 1, "tag is a marker with a meaning for pytest", got=repr(tag), fix="choose another word")
            for tag in sorted(_TAKEN_TAGS.intersection(check.tags))
        ]
    if faults:
        raise GateFileError(tuple(faults))


def _file_digest(path: Path) -> str:
    try:
        return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    except OSError as error:
        return f"unreadable: {os.strerror(error.errno or 0)}"
