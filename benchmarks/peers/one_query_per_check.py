"""mlgate's own statements without its planner: each of the 60 checks asks its requests by statements of its own, one check after the other."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from protocol import Answers, answer

from mlgate.core.measured import Measured
from mlgate.gatefile.loader import load
from mlgate.run.gate_run import ask
from mlgate.run.judge import judge
from mlgate.run.measure import Measurement
from mlgate.run.shares import declare
from mlgate.run.verdicts import conclude

GATE = Path(__file__).parents[1] / "orders.gate.yaml"


def work(orders: str, reference: str, answers: Answers) -> None:
    os.environ["BENCH_ORDERS"], os.environ["BENCH_REFERENCE"] = str(Path(orders).resolve()), str(Path(reference).resolve())
    gate = load(GATE)
    statements = 0
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder, Measurement(gate, Path(folder), lambda _: None) as measurement:
        for item in declare(gate):
            asked = ask(gate, [item], measurement)
            if asked.failed:
                answers.put(item.id, "ERROR")
                continue
            found, scans = measurement.answer(asked.plan)
            statements += sum(scan.statements for scan in scans)
            claims = item.item.claims(asked.scope, Measured({**found, **asked.known}))
            judged = judge(claims, share=item.share, primary=item.primary, policy=gate.policy)
            answers.put(item.id, conclude(gate, item, judged).outcome.value)
    answers.more = {"statements": statements}


if __name__ == "__main__":
    answer(("mlgate", "duckdb"), work)
