"""A plan as text: per dataset its scan, requests and statements; per sampled item its share of alpha and the rows it needs."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.core.plan import Scan
from mlgate.run.explain import Explanation


def render(gate_path: str, explanation: Explanation, *, sql: bool = True) -> str:
    """Plain text that ends without a newline."""
    distinct = sum(len(scan.requests) for scan in explanation.scans)
    scans = f"{len(explanation.scans)} {'scan' if len(explanation.scans) == 1 else 'scans'}"
    lines = [f"{gate_path}: {explanation.items} items ask {explanation.asked} requests, {distinct} of them distinct, answered by {scans}"]
    for number, scan in enumerate(explanation.scans, 1):
        lines += ["", _headline(number, scan)]
        lines += [f"  statement {at}: {_shape(batch)}" for at, batch in enumerate(scan.batches, 1)]
        if sql:
            lines += _statements(scan, explanation)
    if explanation.sampled:
        lines += ["", "sampled items (share of alpha; rows needed):"]
        lines += [
            f"  {item.id}{' (primary)' if item.primary else ''}: alpha {item.share:.4g}; {item.required or 'known after the first run'}"
            for item in explanation.sampled
        ]
    lines += [f"warning: {text}" for text in explanation.warnings]
    if explanation.faults:
        lines += ["", "cannot be measured:"]
        lines += [f"  {name}: {reason}" for name, reason in explanation.faults]
    return "\n".join(lines)


def _headline(number: int, scan: Scan) -> str:
    joined = f" joined with {scan.joined}" if scan.joined else ""
    models = f" with {', '.join(scan.models)}" if scan.models else ""
    statements = f"{len(scan.batches)} {'statement' if len(scan.batches) == 1 else 'statements'}"
    return f"scan {number}: {scan.dataset}{joined}{models}: {len(scan.requests)} requests in {statements}"


def _shape(batch: tuple[object, ...]) -> str:
    shape = type(batch[0]).__name__.lower()
    noun = {"aggregate": "aggregates", "counts": "counts per value", "rows": "raw columns"}[shape]
    return f"{len(batch)} {noun[:-1] if len(batch) == 1 and shape == 'aggregate' else noun}"


def _statements(scan: Scan, explanation: Explanation) -> Iterator[str]:
    for of, statement in explanation.statements:
        if of is scan:
            yield "    " + statement.replace("\n", "\n    ")
