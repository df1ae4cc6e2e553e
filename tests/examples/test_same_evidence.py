"""The same gate file on the same data leaves the same evidence, byte for byte, apart from times: run after run, and with workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TIMES = {"created", "started", "seconds"}
OVER_TIMES = {"digest"}  # of the whole document


def without_times(value: Any, *, top: bool = True) -> Any:
    if isinstance(value, dict):
        left_out = TIMES | (OVER_TIMES if top else set())
        return {key: without_times(part, top=False) for key, part in value.items() if key not in left_out}
    return [without_times(part, top=False) for part in value] if isinstance(value, list) else value


def evidence(folder: Path, *words: str) -> bytes:
    path = folder / "evidence.json"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    command = [sys.executable, "-m", "pytest", "--mlgate", "examples/flights", f"--mlgate-evidence={path}", "-p", "no:cacheprovider", "-q", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert path.exists(), done.stdout + done.stderr
    return json.dumps(without_times(json.loads(path.read_text(encoding="utf-8"))), indent=1).encode()


def test_three_runs_of_a_gate_file_leave_the_same_bytes(tmp_path):
    first = evidence(tmp_path)
    assert len(first) > 10_000
    assert evidence(tmp_path) == first
    assert evidence(tmp_path, "-n2") == first
