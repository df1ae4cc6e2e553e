"""A plan as text: per dataset its scan, requests and statements; per sampled item its share of alpha and the rows it needs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence

from mlgate.core.plan import Scan
from mlgate.core.request import Aggregate, Counts, Grid, Histogram, Overlap, Probe, Request, Rows
from mlgate.reports._table import WIDTH, table
from mlgate.run.explain import Explanation
from mlgate.run.planned_power import PlannedItem


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
    lines += ["", *_sampled(explanation.sampled)] if explanation.sampled else []
    lines += [f"warning: {text}" for text in explanation.warnings]
    if explanation.faults:
        lines += ["", "cannot be measured:"]
        lines += [f"  {name}: {reason}" for name, reason in explanation.faults]
    return "\n".join(lines)


def _probe(probe: Probe) -> str:
    return f"probe {probe.name}: code that runs on {', '.join(str(rows.view) for rows in probe.inputs) or 'rows it makes up'}"


def _sampled(items: Sequence[PlannedItem]) -> list[str]:
    """One row for each sampled item, then what to do for those whose rows are too few, in words."""
    head = ("sampled item", "alpha", "margin", "rows", "rows needed", "smallest loss shown", "equal passes")
    rows = [
        (
            f"{item.id}{' *' if item.primary else ''}",
            f"{item.share:.4g}",
            _number(item.margin),
            _count(item.n_obs),
            _count(item.rows_needed),
            _number(item.smallest),
            "" if item.chance is None else f"{100 * item.chance:.0f} %",
        )
        for item in items
    ]
    lines = table(head, rows, right=frozenset(range(1, 7)))
    lines += ["* primary"] if any(item.primary for item in items) else []
    for item in items:
        worst = f"; {item.part} of {item.parts}" if item.part else ""
        assumed = "; for the stated discordance" if item.source == "discordance" else ""
        if item.advice or assumed:
            text = f"{item.id}: {item.advice or 'enough rows'}{worst}{assumed}"
            lines += textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    return lines


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def as_json(gate_path: str, explanation: Explanation) -> str:
    """The numbers of the sampled items, the scans, what cannot be measured and the warnings, as one JSON object."""
    made = {
        "gate": gate_path,
        "items": explanation.items,
        "requests": explanation.asked,
        "scans": [
            {
                "dataset": scan.dataset,
                "joined": scan.joined,
                "models": list(scan.models),
                "requests": len(scan.requests),
                "statements": len(scan.batches),
            }
            for scan in explanation.scans
        ],
        "sampled": [{**vars(item), "underpowered": item.underpowered} for item in explanation.sampled],
        "faults": [{"of": name, "reason": reason} for name, reason in explanation.faults],
        "warnings": list(explanation.warnings),
    }
    return json.dumps(made, indent=2, default=str)


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
