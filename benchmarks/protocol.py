"""What a peer is given and what it prints: one JSON line, verdict by check id. Standard library only."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from checks import CHECKS


@dataclass
class Answers:
    """`verdicts` by check id: PASS, FAIL or ERROR; `cannot`: why the rest is missing.

    `own_code`: ids that needed a function or statement written by the user.
    """

    packages: tuple[str, ...]
    verdicts: dict[str, str] = field(default_factory=dict)
    own_code: set[str] = field(default_factory=set)
    cannot: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    more: dict[str, Any] = field(default_factory=dict)

    def put(self, check_id: str, passed: bool | str) -> None:
        """One verdict."""
        self.verdicts[check_id] = passed if isinstance(passed, str) else "PASS" if passed else "FAIL"

    def print(self) -> None:
        """The line that `run.py` reads."""
        missing = {check.id: "not expressed" for check in CHECKS if check.id not in self.verdicts}
        plain = {
            "versions": {name: metadata.version(name) for name in self.packages},
            "seconds": self.seconds,
            "verdicts": self.verdicts,
            "own_code": sorted(self.own_code),
            "cannot": {**missing, **self.cannot},
            **self.more,
        }
        print("\n" + json.dumps(plain), flush=True)


def answer(packages: Iterable[str], work: Callable[[str, str, Answers], None]) -> None:
    """Runs a peer: `work` gets the table, the reference and the answers to fill; `seconds` is its time, imports and start-up left out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("orders", help="the Parquet (or CSV) file to check")
    parser.add_argument("reference", help="the reference: a Parquet file, or for mlgate a profile")
    given = parser.parse_args()
    answers = Answers(tuple(packages))
    started = time.perf_counter()
    work(given.orders, given.reference, answers)
    answers.seconds = time.perf_counter() - started
    answers.print()
