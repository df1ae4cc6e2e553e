"""A small project that runs: a gate file, tables, and what else it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlgate.core.codec import from_plain
from mlgate.core.verdict import Outcome, Verdict
from mlgate.testing._tables import write_table

GATE = "example.gate.yaml"
EVIDENCE = "evidence.json"
TIMEOUT_S = 300


@dataclass(frozen=True)
class Ran:
    """A finished run. `status` is pytest's exit status, `verdicts` are by item, `output` is what was printed."""

    status: int
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    output: str = ""

    @property
    def outcomes(self) -> dict[str, str]:
        """PASS, FAIL, ... by item, in the order of the gate file."""
        return {item: verdict.outcome.value for item, verdict in self.verdicts.items()}


class Example:
    """A small project in a folder: a gate file (its text, or its content as a mapping) and the files it names.

    A file is text, or a table: a mapping from column to values, or a pandas, polars or Arrow frame. A table's name ends with `.csv` or `.parquet`;
    in CSV an empty text is a null. Files of Python are found by `pytest` (`metrics.py` for the metric `metrics:cost`).

        example = Example(tmp_path, gate, files={"flights.csv": {"delay": [3, None, 7]}})
        assert example.run().outcomes == {"delays": "PASS"}
    """

    def __init__(self, folder: Path, gate: str | Mapping[str, Any], *, files: Mapping[str, Any] | None = None) -> None:
        self.folder = folder
        self.gate = folder / GATE
        for name, content in {GATE: gate if isinstance(gate, str) else _gate_text(gate), **(files or {})}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                path.write_text(content, encoding="utf-8")
            else:
                write_table(path, content)

    def run(self) -> Ran:
        """Measures and judges in this process. Raises `GateFileError` with all faults of a gate file that cannot be used."""
        from mlgate.gatefile.loader import load
        from mlgate.run.gate_run import run_gate

        verdicts = run_gate(load(self.gate)).verdicts
        warned = [verdict for verdict in verdicts if verdict.outcome is Outcome.FAIL and verdict.severity == "warn"]
        return Ran(int(any(verdict.fails for verdict in verdicts if verdict not in warned)), {verdict.item: verdict for verdict in verdicts})

    def pytest(self, *arguments: str) -> Ran:
        """Runs `pytest --mlgate` with further arguments, in a process of its own that finds every module this one finds.

        There are no verdicts where the gate file cannot be used: its faults are in `output`.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environment["PYTHONPATH"] = os.pathsep.join([str(self.folder), *filter(None, sys.path)])
        evidence = self.folder / EVIDENCE
        command = [sys.executable, "-m", "pytest", "--mlgate", f"--mlgate-evidence={evidence}", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(  # noqa: S603  the command is this interpreter's own pytest
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
        return Ran(done.returncode, _verdicts(evidence), done.stdout + done.stderr)


def _gate_text(gate: Mapping[str, Any]) -> str:
    import yaml

    return yaml.safe_dump({"mlgate": 1, **gate}, sort_keys=False, allow_unicode=True)


def _verdicts(evidence: Path) -> dict[str, Verdict]:
    if not evidence.exists():
        return {}
    results: Mapping[str, Any] = json.loads(evidence.read_text(encoding="utf-8"))["results"]
    verdicts = [from_plain(Verdict, _with_numbers(plain)) for result in results.values() for plain in result["verdicts"]]
    return {verdict.item: verdict for verdict in verdicts}


def _with_numbers(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict of the evidence with its infinities and NaN as numbers again: JSON has none, so they stand there in words."""
    parts: Sequence[Any] = verdict["parts"]
    return {**verdict, "estimate": _numbers(verdict["estimate"]), "parts": [[name, outcome, _numbers(one)] for name, outcome, one in parts]}


def _numbers(estimate: Mapping[str, Any] | None) -> dict[str, Any] | None:
    words = ("inf", "-inf", "nan")
    return None if estimate is None else {key: float(value) if value in words else value for key, value in estimate.items()}
