"""Measures every selected item once per run, whatever `-n` and `--dist` are: the first process to come measures, all others read.

A run directory that the controller made is shared by all local processes. Per gate it holds a lock, an attempt mark and a record. The mark is
written before measuring: who finds a mark without a record knows that the process that measured has died, and nobody tries again.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlgate.core.codec import from_plain, to_plain
from mlgate.core.errors import MlgateError
from mlgate.core.gate import Gate
from mlgate.core.result import RunResult
from mlgate.core.verdict import Verdict

INTERRUPTS = (KeyboardInterrupt, SystemExit, pytest.exit.Exception)


class UnmeasuredError(MlgateError):
    """No verdict can be had for an item; the first line says why, the rest are details."""


@dataclass(frozen=True)
class Wanted:
    """A gate and the ids of its selected items."""

    key: str
    gate: Gate
    items: frozenset[str]


@dataclass(frozen=True)
class Record:
    """What became of one gate: its result, or why there is none."""

    key: str
    digest: str
    result: RunResult | None
    error: str = ""
    seconds: float = 0.0


class Measuring:
    """The verdicts of all selected items, measured when the first one is asked for."""

    def __init__(self, folder: Path, *, worker: str = "") -> None:
        self.folder, self.worker = folder, worker
        self.wanted: Sequence[Wanted] = ()
        self.progress: Callable[[str], None] = lambda _: None
        self._records: dict[str, Record] | None = None
        self._verdicts: dict[tuple[str, str], Verdict] = {}

    def verdict(self, key: str, item: str) -> Verdict:
        """The verdict of one item. Raises `UnmeasuredError` where there is none."""
        record = self.records().get(key)
        if record is None:
            raise UnmeasuredError("the gate was not measured: it was not selected when measuring began")
        if record.result is None:
            raise UnmeasuredError(record.error)
        if (key, item) not in self._verdicts:
            raise UnmeasuredError("measuring gave no verdict for this item")
        return self._verdicts[key, item]

    def records(self) -> dict[str, Record]:
        """The record of every wanted gate, measured now if nobody did."""
        if self._records is None:
            from filelock import FileLock

            with FileLock(self.folder / "measuring.lock"):
                self._records = {wanted.key: self._one(place, wanted) for place, wanted in enumerate(self.wanted)}
            self._verdicts = {
                (record.key, verdict.item): verdict for record in self._records.values() if record.result for verdict in record.result.verdicts
            }
        return self._records

    def _one(self, place: int, wanted: Wanted) -> Record:
        path, mark = self.folder / f"gate-{place}.json", self.folder / f"gate-{place}.attempt"
        if path.exists():
            record = read_record(path)
            if record.digest != wanted.gate.digest:
                error = f"{wanted.gate.path} changed during the run: this process loaded another text than the one that was measured"
                return Record(wanted.key, wanted.gate.digest, None, error)
            return record
        if mark.exists():
            who = mark.read_text(encoding="utf-8")
            error = f"the process that measured this gate died ({who})\nIt is not measured again. Out of memory, a crash in native code, or killed."
            record = Record(wanted.key, wanted.gate.digest, None, error)
        else:
            _write(mark, f"{self.worker or 'pytest'}, process {os.getpid()}")
            record = self._measured(wanted)
        _write(path, json.dumps(to_plain(record), default=str))
        return record

    def _measured(self, wanted: Wanted) -> Record:
        from mlgate.promotion.ledger import settle
        from mlgate.run.gate_run import run_gate

        start = time.perf_counter()
        try:
            result = settle(wanted.gate, run_gate(wanted.gate, items=wanted.items, progress=self.progress))
        except INTERRUPTS:
            raise
        except BaseException as error:  # noqa: BLE001  time-outs are BaseExceptions; each item would time out again
            return Record(wanted.key, wanted.gate.digest, None, _stopped(wanted.gate, error), time.perf_counter() - start)
        return Record(wanted.key, wanted.gate.digest, result, "", time.perf_counter() - start)


def _stopped(gate: Gate, error: BaseException) -> str:
    """Why measuring stopped, and where; where columns are masked without the error's own words, which may quote their values."""
    if any(dataset.mask for dataset in gate.datasets.values()) or any(check.mask for check in gate.checks):
        where = "".join(traceback.format_tb(error.__traceback__, limit=-8))
        return f"measuring stopped: {type(error).__name__} (withheld: it may quote values of masked columns)\n{where}"
    return f"measuring stopped: {type(error).__name__}: {error}\n{''.join(traceback.format_exception(error, limit=-8))}"


MEASURING = pytest.StashKey[Measuring]()


def read_record(path: Path) -> Record:
    """The record another process wrote."""
    return from_plain(Record, json.loads(path.read_text(encoding="utf-8")))


def read_records(folder: Path) -> dict[str, Record]:
    """All records of a run directory by gate."""
    found = [read_record(path) for path in sorted(folder.glob("gate-*.json"))]
    return {record.key: record for record in found}


def write_plain(path: Path, plain: Any) -> None:
    """JSON that other processes see whole or not at all."""
    _write(path, json.dumps(plain))


def _write(path: Path, text: str) -> None:
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)
