"""mlgate as it is used: `pytest --mlgate` on `orders.gate.yaml`, evidence included. Runs in the interpreter that has mlgate."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
from pathlib import Path

import pytest
from protocol import Answers, answer

GATE = Path(__file__).parents[1] / "orders.gate.yaml"


def work(orders: str, reference: str, answers: Answers) -> None:
    os.environ["BENCH_ORDERS"], os.environ["BENCH_REFERENCE"] = str(Path(orders).resolve()), str(Path(reference).resolve())
    with tempfile.TemporaryDirectory() as folder:
        evidence, said = Path(folder, "evidence.json"), io.StringIO()
        with contextlib.redirect_stdout(said):
            code = pytest.main(["--mlgate", str(GATE), "-q", "-p", "no:cacheprovider", f"--rootdir={folder}", f"--mlgate-evidence={evidence}"])
        if not evidence.exists():
            raise SystemExit(f"pytest ended with {code}:\n{said.getvalue()[-3000:]}")
        told = json.loads(evidence.read_text(encoding="utf-8"))
    for item in told["items"]:
        answers.put(item["item"], dict(item["properties"])["mlgate.outcome"])
    (result,) = told["results"].values()
    seen = result["provenance"]
    answers.more = {
        "measuring": seen["seconds"],
        "scans": {scan["dataset"]: [scan["requests"], scan["statements"], scan["seconds"]] for scan in seen["scans"]},
        "offenders": sum(scan["seconds"] for scan in seen["follow_ups"]),
    }


if __name__ == "__main__":
    answer(("mlgate", "duckdb", "pytest"), work)
