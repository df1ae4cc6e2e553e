"""What the controlling process learns from reports: which item ended how, and what happened beside the gates."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from mlgate import __version__
from mlgate.core.codec import from_plain
from mlgate.core.verdict import Verdict
from mlgate.promotion.evidence import Evidence, GateFacts, ItemFacts, Result
from mlgate.pytest_plugin.measuring import Record


@dataclass
class Reported:
    """One gate item as its reports told it."""

    verdict: Verdict
    result: Result
    properties: tuple[tuple[str, str], ...]


@dataclass
class Account:
    """Filled by reports while the session runs. `collected` are the gates as `{key, digest, mode, declared, selected}`, told by who collected."""

    collected: dict[str, dict[str, Any]] = field(default_factory=dict)
    items: dict[tuple[str, str], Reported] = field(default_factory=dict)
    collect_errors: list[str] = field(default_factory=list)
    outside: dict[str, Result] = field(default_factory=dict)

    def note(self, report: pytest.TestReport) -> None:
        """Takes one report of any test in."""
        if str(report.outcome) == "rerun":  # a word of pytest-rerunfailures
            return
        told: str | None = getattr(report, "mlgate_verdict", None)
        if told is None:
            self._note_outside(report)
            return
        gate, item = report.mlgate_item
        self.items[gate, item] = Reported(from_plain(Verdict, json.loads(told)), _result(report), _properties(report))

    def _note_outside(self, report: pytest.TestReport) -> None:
        gate, _, item = report.nodeid.rpartition("::")
        known = self.items.get((gate, item))
        if known is not None and report.failed:  # the teardown of a gate item
            known.result = "error"
        elif report.failed:
            self.outside[report.nodeid] = "failed" if report.when == "call" else "error"

    def evidence(self, records: Mapping[str, Record], narrowed: Sequence[str]) -> Evidence:
        """All facts in a fixed order, however the reports came in."""
        gates = tuple(_gate_facts(key, told, records.get(key)) for key, told in sorted(self.collected.items()))
        items = tuple(ItemFacts(gate, item, one.result, one.properties) for (gate, item), one in sorted(self.items.items()))
        broken = [key for key, told in self.collected.items() if told["broken"]]
        return Evidence(
            version=__version__,
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            gates=gates,
            items=items,
            collect_errors=tuple(sorted({*self.collect_errors, *broken})),
            outside_failed=tuple(sorted(node for node, result in self.outside.items() if result == "failed")),
            outside_errors=tuple(sorted(node for node, result in self.outside.items() if result == "error")),
            narrowed=tuple(narrowed),
        )


def _gate_facts(key: str, told: Mapping[str, Any], record: Record | None) -> GateFacts:
    inputs = record.result.provenance.inputs if record is not None and record.result is not None else ()
    return GateFacts(key, told["digest"], told["mode"], tuple(told["declared"]), tuple(sorted(inputs)))


def _result(report: pytest.TestReport) -> Result:
    if report.failed:
        return "failed" if report.when == "call" else "error"
    return "skipped" if report.skipped else "passed"


def _properties(report: pytest.TestReport) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in report.user_properties if str(name).startswith("mlgate."))
