"""Evidence becomes a decision: promote, hold, reject, roll back, or broken. Whatever is missing, doubled, edited or partial never promotes."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence

from mlgate.core.decision import Decision
from mlgate.core.verdict import Outcome
from mlgate.promotion.evidence import Evidence, GateFacts, ItemFacts, Result, digest

_RESULTS: dict[tuple[str, bool], tuple[Result, ...]] = {  # what pytest must have counted, by (outcome, severity is warn)
    ("PASS", False): ("passed",),
    ("PASS", True): ("passed",),
    ("FAIL", False): ("failed",),
    ("FAIL", True): ("passed",),
    ("INCONCLUSIVE", False): ("passed", "failed"),
    ("INCONCLUSIVE", True): ("passed", "failed"),
    ("ERROR", False): ("error",),
    ("ERROR", True): ("error",),
    ("WAIVED", False): ("skipped",),
    ("WAIVED", True): ("skipped",),
    ("NOT_APPLICABLE", False): ("skipped",),
    ("NOT_APPLICABLE", True): ("skipped",),
}


def decide(evidence: Sequence[Evidence], *, deployed: bool = False, max_age_s: float | None = None, now: datetime.datetime | None = None) -> Decision:
    """The decision on the union of all reports (one report, or the shards of one run).

    `deployed` says that the candidate is live already: a reject becomes a rollback, as it is where a failing item says so (a canary). `max_age_s`
    refuses reports older than that, in seconds.
    """
    items = [item for one in evidence for item in one.items]
    counts = tuple((outcome.value, count) for outcome in Outcome if (count := sum(item.get("outcome") == outcome.value for item in items)))
    waived = tuple(sorted(item.nodeid for item in items if item.get("outcome") == "WAIVED"))
    faults = [*_faults(evidence), *_too_old(evidence, max_age_s, now or datetime.datetime.now(datetime.UTC))]
    if faults:
        return Decision("broken", tuple(faults), counts=counts, waived=waived)
    failing = _blocking(items, "FAIL")
    stuck = _blocking(items, "ERROR")
    undecided = tuple(item.nodeid for item in items if item.get("outcome") == "INCONCLUSIVE" and _holds(item))
    outside = tuple(sorted(nodeid for one in evidence for nodeid in one.outside_failed))
    if failing:
        why = [f"{_items(failing)} {_are(failing)} shown to break {_their(failing)} claim"]
        why += [f"{_items(stuck)} could not be measured"] if stuck else []
        live = deployed or any(item.get("action") == "rollback" for item in items if item.nodeid in failing)
        return Decision("rollback" if live else "reject", tuple(why), (*failing, *stuck, *undecided), counts, waived)
    if stuck or undecided or outside:
        why = [f"{_items(stuck)} could not be measured"] if stuck else []
        why += (
            [f"{_items(undecided)} must be shown (prove mode, a canary that goes on, or a dataset without rows) and {_are(undecided)} undecided"]
            if undecided
            else []
        )
        why += [f"{len(outside)} {'test' if len(outside) == 1 else 'tests'} outside the gates failed"] if outside else []
        return Decision("hold", tuple(why), (*stuck, *undecided, *outside), counts, waived)
    return Decision("promote", (_promotion(items),), (), counts, waived)


def _promotion(items: Sequence[ItemFacts]) -> str:
    seen = Counter(item.get("outcome") for item in items)
    undecided = f"; {seen['INCONCLUSIVE']} undecided, which does not block in guard mode" if seen["INCONCLUSIVE"] else ""
    warned = sum(item.get("outcome") in ("FAIL", "ERROR") for item in items)
    return f"all {len(items)} declared items were reported and none blocks" + undecided + (f"; {warned} with severity warn" if warned else "")


def _blocking(items: Iterable[ItemFacts], outcome: str) -> tuple[str, ...]:
    return tuple(item.nodeid for item in items if item.get("outcome") == outcome and item.get("severity") != "warn")


def _holds(item: ItemFacts) -> bool:
    return item.result == "failed" or (item.get("action") == "hold" and item.get("severity") != "warn")


def _items(nodeids: Sequence[str]) -> str:
    return f"{len(nodeids)} {'item' if len(nodeids) == 1 else 'items'}"


def _are(nodeids: Sequence[str]) -> str:
    return "is" if len(nodeids) == 1 else "are"


def _first(nodeids: Sequence[str]) -> str:
    return ", ".join(nodeids[:3]) + (", ..." if len(nodeids) > 3 else "")


def _their(nodeids: Sequence[str]) -> str:
    return "its" if len(nodeids) == 1 else "their"


def _faults(evidence: Sequence[Evidence]) -> list[str]:
    """Why these reports cannot carry a decision, as sentences."""
    items = [item for one in evidence for item in one.items]
    if not any(one.gates for one in evidence):
        return ["no gate item in the evidence: was pytest run with --mlgate on the gate files?"]
    declared = {nodeid for one in evidence for nodeid in one.declared}
    faults = [f"cannot be collected or used: {node}" for one in evidence for node in one.collect_errors]
    faults += [
        f"a worker died while it reported {node}" if node in declared else f"an error outside the gates: {node}"
        for one in evidence
        for node in one.outside_errors
    ]
    faults += [f"the session was narrowed by {reason}" for one in evidence for reason in one.narrowed]
    faults += _doubled(evidence, items)
    faults += _differing([gate for one in evidence for gate in one.gates])
    faults += _missing(evidence, items)
    faults += [fault for item in items if (fault := _contradiction(item))]
    return faults


def _doubled(evidence: Sequence[Evidence], items: Sequence[ItemFacts]) -> list[str]:
    same = Counter(digest([one.created, one.declared_digest, one.items_digest]) for one in evidence)
    if max(same.values()) > 1:
        return ["the same report was given twice"]
    doubled = [nodeid for nodeid, times in Counter(item.nodeid for item in items).items() if times > 1]
    return [f"{_items(doubled)} reported more than once: {_first(doubled)}"] if doubled else []


def _differing(gates: Sequence[GateFacts]) -> list[str]:
    """Shards that are not about the same gate, the same data or the same models."""
    faults = []
    for key in dict.fromkeys(gate.key for gate in gates):
        same = [gate for gate in gates if gate.key == key]
        if len({(gate.digest, gate.declared, gate.mode) for gate in same}) > 1:
            faults.append(f"the reports are about different versions of {key}")
        seen = {pair for gate in same for pair in gate.inputs}
        names = Counter(name for name, _ in seen)
        faults += [f"the reports of {key} saw different bytes of {name!r}" for name, times in sorted(names.items()) if times > 1]
    return faults


def _missing(evidence: Sequence[Evidence], items: Sequence[ItemFacts]) -> list[str]:
    declared = dict.fromkeys(nodeid for one in evidence for nodeid in one.declared)
    reported = {item.nodeid for item in items}
    missing = [nodeid for nodeid in declared if nodeid not in reported]
    unknown = sorted(reported - set(declared))
    faults = []
    if missing:
        faults.append(f"{len(missing)} of {len(declared)} declared items were not reported (-k, -x, --deselect, a crash?): {_first(missing)}")
    return faults + [f"reported but not declared: {nodeid}" for nodeid in unknown]


def _contradiction(item: ItemFacts) -> str:
    outcome, warns = item.get("outcome"), item.get("severity") == "warn"
    allowed = _RESULTS.get((outcome, warns))
    if allowed is None:
        return f"unknown outcome {outcome!r} of {item.nodeid}"
    if item.result not in allowed:
        return f"{item.nodeid} says {outcome} but pytest counted it as {item.result}"
    return ""


def _too_old(evidence: Sequence[Evidence], max_age_s: float | None, now: datetime.datetime) -> list[str]:
    if max_age_s is None:
        return []
    faults = []
    for one in evidence:
        try:
            age = (now - datetime.datetime.fromisoformat(one.created)).total_seconds()
        except (ValueError, TypeError):
            faults.append(f"the time of a report is unreadable: {one.created!r}")
            continue
        if age > max_age_s:
            faults.append(f"a report of {one.created} is {age:,.0f} s old; at most {max_age_s:,.0f} s are allowed")
    return faults
