"""From judged claims to a verdict: the words a person reads, the cause, and what to do next."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mlgate.checks._wording import listed
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Gate, Waiver
from mlgate.core.verdict import Action, Estimate, Offenders, Outcome, Verdict
from mlgate.run.judge import Judged
from mlgate.run.shares import Declared

LISTED = 40  # claims of one item that are listed, the worst first: a contract may stand for thousands of columns
PARTS_KEPT = 200  # claims of one item whose numbers a verdict carries, the worst first
_LIVE = {Outcome.FAIL: "rollback", Outcome.INCONCLUSIVE: "continue", Outcome.PASS: "promote"}
_ACTION_ON_ERROR: dict[str, Action] = {"infrastructure": "retry", "configuration": "fix", "data": "fix", "model": "fix"}


def conclude(gate: Gate, declared: Declared, judged: Sequence[Judged]) -> Verdict:
    """The verdict of one item from its judged claims: the worst of them decides."""
    outcome = _worst(judged, declared)
    judged = _worst_first(judged)
    shown = judged[0]
    model_like = declared.check.family_in(gate.models) in ("rules", "baseline")
    fails = outcome is Outcome.FAIL or (outcome is Outcome.INCONCLUSIVE and declared.primary and gate.policy.mode == "prove")
    action: Action = "promote"
    if outcome is Outcome.FAIL:
        action = "rollback" if declared.check.live_kind else "reject" if model_like else "fix"
    elif fails or (declared.check.live_kind and outcome is Outcome.INCONCLUSIVE):
        action = "hold"
    return replace(
        _blank(gate, declared, outcome),
        reason=_decision_of(declared, outcome) + _reason(judged, shown, outcome),
        says=shown.claim.says,
        cause=None if outcome is not Outcome.FAIL else "model" if model_like else "data",
        action=action,
        fails=fails,
        estimate=shown.estimate,
        details=tuple(_details(judged, shown)),
        fix=_next_step(shown, outcome, gate) or shown.claim.fix,
        parts=tuple((one.claim.part, one.outcome, one.estimate) for one in judged[:PARTS_KEPT] if one.claim.part),
    )


def errored(gate: Gate, declared: Declared, error: MeasurementError) -> Verdict:
    """The verdict of an item that could not be measured."""
    details = (f"statement: {error.statement}",) if error.statement else ()
    return replace(
        _blank(gate, declared, Outcome.ERROR),
        reason=f"could not be measured: {error.what}",
        cause=error.cause,
        action=_ACTION_ON_ERROR[error.cause],
        fails=True,
        details=details,
        fix=error.fix,
    )


def not_applicable(gate: Gate, declared: Declared, why: str) -> Verdict:
    """The verdict of an item that was asked to step aside (`when_empty: skip`, `if_missing: first_run`)."""
    return replace(_blank(gate, declared, Outcome.NOT_APPLICABLE), reason=why)


def held(verdict: Verdict, reason: str, fix: str) -> Verdict:
    """The same undecided verdict, holding the candidate back: data that is not there breaks no claim about rows, and proves none."""
    return replace(verdict, reason=reason, fix=fix, cause="data", action="hold")


def with_offenders(verdict: Verdict, offenders: Offenders) -> Verdict:
    """The same verdict, showing the first offending rows."""
    return replace(verdict, offenders=offenders)


def waived(verdict: Verdict, waivers: Sequence[Waiver], today: datetime.date) -> Verdict:
    """A failing verdict under an active waiver becomes WAIVED; one whose waivers have all ended says so."""
    own = [waiver for waiver in waivers if waiver.check in (verdict.item, verdict.check)]
    if verdict.outcome is not Outcome.FAIL or not own:
        return verdict
    last = max(own, key=lambda waiver: waiver.until)  # a waiver that was prolonged by a second entry counts
    text = f"waiver of {last.owner} until {last.until}: {last.why}"
    if today < last.until:
        return replace(verdict, outcome=Outcome.WAIVED, fails=False, action="promote", reason=f"{text} ({verdict.reason})")
    return replace(verdict, details=(*verdict.details, f"the {text} has ended"))


def _blank(gate: Gate, declared: Declared, outcome: Outcome) -> Verdict:
    check = declared.check
    return Verdict(
        item=declared.id,
        check=check.id,
        kind=check.kind,
        family=check.family_in(gate.models),
        outcome=outcome,
        reason="",
        severity=check.severity,
        primary=declared.primary,
        reproduce=f"pytest --mlgate '{gate.path}::{declared.id}'",
        location=f"{gate.path}:{gate.lines.get(check.id, 1)}",
        owner=check.owner,
        why=check.why,
    )


def _worst(judged: Sequence[Judged], declared: Declared) -> Outcome:
    outcomes = {one.outcome for one in judged}
    empty = all(one.outcome is Outcome.INCONCLUSIVE and one.estimate.n_obs == 0 for one in judged)
    if empty and declared.check.when_empty == "skip":
        return Outcome.NOT_APPLICABLE
    return min(outcomes, key=lambda outcome: outcome.rank)


def _worst_first(judged: Sequence[Judged]) -> list[Judged]:
    """By outcome, then by p-value, then, where all have one bound, by how far they lie outside of it."""
    comparable = len({(one.claim.low, one.claim.high, one.claim.unit) for one in judged}) == 1

    def rank(one: Judged) -> tuple[int, float, float]:
        return one.outcome.rank, _pvalue(one.estimate), -(one.claim.beyond() or 0.0) if comparable else 0.0

    return sorted(judged, key=rank)


def _pvalue(estimate: Estimate) -> float:
    return 1.0 if estimate.pvalue is None else estimate.pvalue


def seen_text(one: Judged) -> str:
    """What was seen, with its interval and n."""
    estimate = one.estimate
    if one.claim.seen and estimate.low is None:
        return one.claim.seen
    if estimate.value is None:
        return one.flags[0] if one.flags else "nothing"
    value = estimate.value if isinstance(estimate.value, str) else f"{estimate.value:.6g}"
    text = f"{value}{' ' + estimate.unit if estimate.unit else ''}"
    if estimate.low is not None and estimate.high is not None:
        text += f" [{estimate.low:.6g}, {estimate.high:.6g}]"
    if estimate.n_obs is not None:
        text += f", n = {estimate.n_obs:,}"
    return f"{text} ({one.claim.seen})" if one.claim.seen else text


def _reason(judged: Sequence[Judged], shown: Judged, outcome: Outcome) -> str:
    says = f"{shown.claim.says}: " if shown.claim.says else ""
    text = f"{says}seen {seen_text(shown)}"
    alike = [one for one in judged if one.outcome is shown.outcome]
    if len(judged) > 1:
        named = f" ({listed([one.claim.part for one in alike])})" if len(alike) > 1 and outcome is not Outcome.PASS and shown.claim.part else ""
        text = f"{len(alike)} of {len(judged):,} {outcome.value}{named}; {shown.claim.part + ': ' if shown.claim.part else ''}{text}"
    return text


def _details(judged: Sequence[Judged], shown: Judged) -> list[str]:
    lines = list(shown.claim.details)
    if len(judged) > 1:
        lines += [f"{one.outcome.value:<12} {one.claim.part or one.claim.says}: {seen_text(one)}" for one in judged[:LISTED]]
        lines += [_more(judged[LISTED:])] if len(judged) > LISTED else []
    lines += [f"a PASS is not granted: {flag}" for flag in shown.flags if shown.estimate.n_obs]
    return lines


def _decision_of(declared: Declared, outcome: Outcome) -> str:
    """What to do about a candidate that serves, at the head of what its check's own item says."""
    return f"{_LIVE[outcome]}: " if declared.check.live_kind and not declared.part and outcome in _LIVE else ""


def _more(rest: Sequence[Judged]) -> str:
    counts = Counter(one.outcome for one in rest)
    return f"and {len(rest):,} more: {', '.join(f'{count:,} {outcome.value}' for outcome, count in counts.items())}"


def _next_step(shown: Judged, outcome: Outcome, gate: Gate) -> str:
    estimate = shown.estimate
    if outcome is Outcome.INCONCLUSIVE and estimate.required_n is not None and estimate.detectable is not None:
        return (
            f"{estimate.required_n:,} rows would decide (power {gate.policy.power:g}); "
            f"the smallest difference these {estimate.n_obs:,} could have shown is {estimate.detectable:.3g}"
        )
    return ""
