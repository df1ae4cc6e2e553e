"""What a gate file will do, before it does it: scans, requests, statements, and the rows that sampled checks need."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.core.gate import Gate
from mlgate.core.plan import Scan
from mlgate.core.ports import Progress
from mlgate.core.request import Probe
from mlgate.run.folder import RunFolder
from mlgate.run.gate_run import ask
from mlgate.run.judge import error_of_pass
from mlgate.run.measure import Measurement
from mlgate.run.shares import declare, policy_warnings


@dataclass(frozen=True)
class PlannedItem:
    """One sampled item: its share of alpha and what it says about the rows it needs."""

    id: str
    share: float
    primary: bool
    required: str


@dataclass(frozen=True)
class Explanation:
    """The plan of a gate. `asked` counts requests before equal ones were merged; `faults` are items that will be ERROR, with the reason."""

    items: int
    asked: int
    scans: tuple[Scan, ...]
    statements: tuple[tuple[Scan, str], ...]
    sampled: tuple[PlannedItem, ...]
    faults: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    probes: tuple[Probe, ...] = ()


def explain(gate: Gate, *, progress: Progress | None = None) -> Explanation:
    """Plans a gate without scanning anything; datasets are opened for their columns, models for theirs."""
    declared = declare(gate)
    with RunFolder() as folder, Measurement(gate, folder.path, progress or (lambda _: None)) as measurement:
        asked = ask(gate, declared, measurement)
        statements = tuple(measurement.statements(asked.plan))
    policy = gate.policy
    sampled = tuple(
        PlannedItem(
            item.id, item.share, item.primary, item.check.required_rows(alpha=error_of_pass(policy, primary=item.primary), power=policy.power)
        )
        for item in declared
        if item.share is not None
    )
    faults = [(name, asked.strictest.text(str(error))) for name, error in asked.failed.items()]
    faults += [(str(request.view), asked.strictest.text(str(error))) for request, error in asked.known.items()]
    scans, warnings = (*asked.plan.grids, *asked.plan.scans), policy_warnings(gate)
    return Explanation(len(declared), asked.count, scans, statements, sampled, tuple(dict.fromkeys(faults)), warnings, asked.plan.probes)
