"""The end of a session on the terminal: decision first, what to do next, then every item that did not pass, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlgate.core.decision import Decision, DecisionAction
from mlgate.core.result import RunResult, ScanRecord
from mlgate.core.verdict import Outcome, Verdict
from mlgate.reports._text import one_line

Line = tuple[str, str]  # text and pytest's markup words: "red bold", "yellow", ""
MAX_ITEMS = 50
_STYLES: Mapping[Outcome, str] = {Outcome.ERROR: "red", Outcome.FAIL: "red", Outcome.INCONCLUSIVE: "yellow", Outcome.WAIVED: "yellow"}
_WORST = (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.WAIVED)  # what rejects, what holds, what is only said
_NEXT: Mapping[DecisionAction, str] = {
    "promote": "the candidate may go to production",
    "hold": "keep the model that is live; mend what is named below and run again",
    "reject": "do not deploy this candidate",
    "rollback": "take the live model back to the one before",
    "broken": "no decision can be made from this run",
}


@dataclass(frozen=True)
class Session:
    """What there is to say. `verdicts` are by node id, `results` by gate; `evidence` is the path of the evidence file, "" where none was written."""

    decision: Decision
    complete: bool
    declared: int
    verdicts: Mapping[str, Verdict]
    results: Mapping[str, RunResult]
    evidence: str = ""


def render(session: Session) -> list[Line]:
    """Lines with their style, in reading order."""
    lines = [_headline(session), (f"next: {_NEXT[session.decision.action]}", "")]
    lines += [(f"  {one_line(sentence)}", "") for sentence in session.decision.why]
    lines += _items(session)
    lines.append((_counts(session), ""))
    lines += [(_scan(key, record), "") for key, result in session.results.items() for record in result.provenance.scans]
    lines += [(f"warning: {key}: {one_line(text)}", "yellow") for key, result in session.results.items() for text in result.warnings]
    if session.evidence:
        lines.append((f"evidence: {session.evidence}", ""))
        lines.append((f"decide:   mlgate decide {session.evidence}", ""))
    return lines


def _headline(session: Session) -> Line:
    decision, declared = session.decision, session.declared
    reported = len(session.verdicts)
    failing = sum(verdict.outcome is Outcome.FAIL and verdict.severity != "warn" for verdict in session.verdicts.values())
    if decision.action == "broken" and reported < declared:
        found = f"; {failing} of them {'fails' if failing == 1 else 'fail'}" if failing else ""
        return f"mlgate: INCOMPLETE ({reported} of {declared} declared items reported{found})", "yellow bold"
    if decision.action == "broken":
        return f"mlgate: BROKEN ({one_line(decision.why[0], limit=160)})", "red bold"
    if decision.action == "promote":
        return f"mlgate: PROMOTE (none of {declared} items blocks)", "green bold"
    blocking = len(decision.blocked_by)
    verb = "blocks" if blocking == 1 else "block"
    return f"mlgate: {decision.action.upper()} ({blocking} of {declared} items {verb})", "yellow bold" if decision.action == "hold" else "red bold"


def _items(session: Session) -> list[Line]:
    worst = sorted(
        ((nodeid, verdict) for nodeid, verdict in session.verdicts.items() if verdict.outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE)),
        key=lambda pair: (_WORST.index(pair[1].outcome), pair[1].severity == "warn", not pair[1].fails),
    )
    lines = []
    for _nodeid, verdict in worst[:MAX_ITEMS]:
        word = f"{verdict.outcome.value}{' (warn)' if verdict.severity == 'warn' else ''}"
        text = one_line(verdict.reason, limit=300)
        style = "yellow" if verdict.severity == "warn" else _STYLES[verdict.outcome]
        lines.append((f"{word:<12} {verdict.item}: {text}  ({verdict.location})", style))
        if verdict.fix and verdict.outcome is not Outcome.WAIVED:
            lines.append((f"{'':<12} next: {one_line(verdict.fix, limit=300)}", ""))
    if len(worst) > MAX_ITEMS:
        lines.append((f"... and {len(worst) - MAX_ITEMS} more", ""))
    return lines


def _counts(session: Session) -> str:
    counts = {outcome: sum(verdict.outcome is outcome for verdict in session.verdicts.values()) for outcome in Outcome}
    seen = ", ".join(f"{count} {outcome.value}" for outcome, count in reversed(counts.items()) if count)
    return f"items: {seen or 'none'}; {len(session.verdicts)} of {session.declared} declared were reported"


def _scan(key: str, record: ScanRecord) -> str:
    joined = f" joined with {record.joined}" if record.joined else ""
    models = f" with {', '.join(record.models)}" if record.models else ""
    rows = "" if record.rows is None else f"{record.rows:,} rows, "
    one = "statement" if record.statements == 1 else "statements"
    return f"scan: {record.dataset}{joined}{models}: {rows}{record.requests} requests in {record.statements} {one}, {record.seconds:.2f} s  ({key})"
