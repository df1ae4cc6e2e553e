"""Loaded with `-p fake_gates`: gate files say their own outcomes, and every measurement is noted in `measured.log`."""

import hashlib
import os
import sys
import time
import types
from pathlib import Path

import numpy as np
import yaml

from mlgate.core.check import Check
from mlgate.core.errors import Fault, GateFileError
from mlgate.core.gate import Gate, Policy
from mlgate.core.result import Provenance, RunResult, ScanRecord
from mlgate.core.verdict import Estimate, Offenders, Outcome, Verdict


class TimedOut(BaseException):
    """What plugins raise into a running test is no Exception."""


class Told(Check):
    """A check that says what its outcome is."""

    family = "baseline"
    outcome: str = "PASS"
    fails: bool | None = None
    reason: str = "as told"
    part_names: tuple[str, ...] = ()
    value: float = 0.1

    def parts(self):
        return tuple((name, self) for name in self.part_names) or (("", self),)


def load(path):
    text = Path(path).read_text(encoding="utf-8")
    name = os.path.relpath(path)
    if "broken" in text:
        raise GateFileError(
            (Fault(name, 2, 3, "unknown key", "'idd'", "id, kind", "did you mean 'id'?"), Fault(name, 5, 1, "unknown kind", "'ruul'"))
        )
    plain = yaml.safe_load(text) or {}
    checks = tuple(Told.model_validate(one) for one in plain.get("checks", ()))
    lines = {check.id: number for check in checks for number, line in enumerate(text.splitlines(), 1) if f"id: {check.id}" in line}
    policy = Policy.model_validate(plain.get("policy", {}))
    return Gate(name, str(Path(path).parent), hashlib.sha256(text.encode()).hexdigest(), policy, {}, {}, checks, (), lines)


def run_gate(gate, *, items=None, progress=None, today=None):
    with Path("measured.log").open("a", encoding="utf-8") as log:
        log.write(f"{gate.path} {len(items)}\n")
    action = os.environ.get("FAKE_RUN", "")
    progress("scanning holdout")
    if action.startswith("sleep"):
        time.sleep(float(action[5:]))
    if action == f"die:{gate.path}":
        os._exit(3)
    if action == f"raise:{gate.path}":
        raise TimedOut("Timeout >0.1s")
    if action == "interrupt":
        raise KeyboardInterrupt
    ids = [(check, f"{check.id}.{part}" if part else check.id) for check in gate.checks for part, _ in check.parts()]
    verdicts = tuple(_verdict(gate, check, item) for check, item in ids if item in items)
    provenance = Provenance(
        gate.path,
        gate.digest,
        "0",
        1,
        gate.policy.mode,
        0.05,
        0.95,
        tuple(item for _, item in ids),
        tuple(v.item for v in verdicts),
        (),
        (("holdout", "sha256:1"),),
        (ScanRecord("holdout", "", (), 1000, 5, 1, 0.25),),
    )
    return RunResult(verdicts, provenance, ("no anchor",))


def pytest_configure(config):
    """Stands in for the loader and the run; lives as long as the process, which is a run of its own."""
    fakes = {"mlgate.gatefile.loader": {"load": load}, "mlgate.gatefile.faults": {"render": str}, "mlgate.run.gate_run": {"run_gate": run_gate}}
    for name, attributes in fakes.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(attributes)


def _verdict(gate, check, item):
    outcome = Outcome(check.outcome)
    fails = check.fails if check.fails is not None else outcome in (Outcome.FAIL, Outcome.ERROR)
    return Verdict(
        item,
        check.id,
        "told",
        "baseline",
        outcome,
        check.reason,
        says=f"{item} is as told",
        severity=check.severity,
        primary=check.primary,
        cause="data" if outcome is Outcome.ERROR else None,
        action="reject" if outcome is Outcome.FAIL else "promote",
        fails=fails,
        estimate=Estimate(np.float64(check.value), "points", -0.2, float("inf"), 0.95, 1000, 5000 if outcome is Outcome.INCONCLUSIVE else None, 0.03),
        offenders=Offenders(("flight_id", "delay"), (("7", "12\x00"), ("8", "\ud800")), 2) if outcome is Outcome.FAIL else None,
        location=f"{gate.path}:{gate.lines[check.id]}",
    )
