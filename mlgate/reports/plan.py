"""A plan as text: per dataset its scan, requests and statements; per sampled item its share of alpha and the rows it needs."""

from __future__ import annotations

from mlgate.core.plan import Scan
from mlgate.core.request import Aggregate, Counts, Grid, Histogram, Overlap, Probe, Request, Rows
from mlgate.run.explain import Explanation


def render(gate_path: str, explanation: Explanation, *, sql: bool = True) -> str:
    """Plain text that ends without a newline."""
    distinct = sum(len(scan.requests) for scan in explanation.scans)
    scans = f"{len(explanation.scans)} {'scan' if len(explanation.scans) == 1 else 'scans'}"
    lines = [f"{gate_path}: {explanation.items} items ask {explanation.asked} requests, {distinct} of them distinct, answered by {scans}"]
    for number, scan in enumerate(explanation.scans, 1):
        lines += ["", _headline(number, scan)]
        texts = [text for of, text in explanation.statements if of is scan]
        for at, (batch, text) in enumerate(zip(scan.batches, texts, strict=True), 1):
            lines.append(f"  statement {at}: {_shape(batch)}")
            lines += [f"    {line}" for line in text.splitlines()] if sql else []
    lines += [f"\n{_probe(probe)}" for probe in explanation.probes]
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


def _probe(probe: Probe) -> str:
    return f"probe {probe.name}: code that runs on {', '.join(str(rows.view) for rows in probe.inputs) or 'rows it makes up'}"


def _headline(number: int, scan: Scan) -> str:
    joined = f" joined with {scan.joined}{f' as of {scan.as_of.of}' if scan.as_of else ''}" if scan.joined else ""
    models = f" with {', '.join(scan.models)}" if scan.models else ""
    statements = f"{len(scan.batches)} {'statement' if len(scan.batches) == 1 else 'statements'}"
    return f"scan {number}: {scan.dataset}{joined}{models}: {len(scan.requests)} requests in {statements}"


def _shape(batch: tuple[Request, ...]) -> str:
    first = batch[0]
    if len(batch) > 1 and isinstance(first, (Aggregate, Histogram)):
        return f"{len(batch)} aggregates"
    match first:
        case Aggregate():
            return f"{first.op.value} of {first.of or ', '.join(map(str, first.args))}"
        case Histogram():
            return f"histogram of {first.of}" + (f" by {first.by}" if first.by else "")
        case Grid():
            return f"edges of {', '.join(request.of for request in batch if isinstance(request, Grid))}"
        case Counts():
            return f"rows per value of {', '.join(map(str, first.by))}"
        case Rows():
            columns = dict.fromkeys(str(name) for request in batch if isinstance(request, Rows) for name in request.columns)
            return f"raw columns of {', '.join(columns)}"
        case Overlap():
            return f"rows whose {', '.join(first.columns)} occur in {first.other}"
        case Probe():
            return f"code: {first.name}"
