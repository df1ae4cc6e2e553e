"""What one item says when it did not simply pass."""

from __future__ import annotations

from mlgate.core.errors import Cause
from mlgate.core.verdict import Action, Estimate, Outcome, Verdict
from mlgate.reports._text import bounded, clean, number, one_line, table

_NEXT: dict[Action, str] = {
    "promote": "nothing: this item does not stand in the way",
    "hold": "hold: nothing is proven either way; keep the model that is live",
    "retry": "retry: the machinery failed, not the model; run again",
    "reject": "reject: do not deploy this candidate",
    "rollback": "roll back: the live model does harm",
}
_FIX: dict[Cause, str] = {
    "data": "fix the data, or what the gate file says about it, then run again",
    "model": "fix the model or its predictions, then run again",
    "infrastructure": "fix the machinery, then run again",
    "configuration": "fix the gate file or the code it names, then run again",
}


def headline(verdict: Verdict) -> str:
    """One line of at most 500 characters: outcome, item, reason."""
    return one_line(f"{verdict.outcome.value} {verdict.item}: {verdict.reason}")


def render(verdict: Verdict, *, nodeid: str = "") -> str:
    """The whole text: headline, claim, estimate, what follows, offending rows, how to reproduce, `file:line`. At most 20 KB, never empty."""
    lines = [headline(verdict)]
    lines += _labelled("claim", [verdict.says] if verdict.says else [])
    lines += _labelled("estimate", _estimate(verdict.estimate))
    lines += _labelled("details", list(verdict.details))
    lines += _labelled("decides", _decides(verdict))
    lines += _labelled("next", [_next(verdict), *([verdict.fix] if verdict.fix else [])])
    lines += _labelled("rows", _offenders(verdict))
    lines += _labelled("why", [verdict.why] if verdict.why else [])
    lines += _labelled("owner", [verdict.owner] if verdict.owner else [])
    command = f"pytest --mlgate '{nodeid}'" if nodeid else verdict.reproduce
    tail = _labelled("run", [command] if command else []) + _labelled("at", [verdict.location] if verdict.location else [])
    ending = "\n".join(clean(line) for line in tail)
    body = bounded("\n".join(clean(line) for line in lines), limit=20_000 - len(ending) - 200)
    return f"{body}\n{ending}" if ending else body


def _next(verdict: Verdict) -> str:
    if verdict.action == "fix":
        return _FIX[verdict.cause or "configuration"] if verdict.outcome is Outcome.ERROR else _FIX["data"]
    return _NEXT[verdict.action]


def _labelled(label: str, texts: list[str]) -> list[str]:
    lines = [line for text in texts for line in text.splitlines()]
    return [f"  {label if place == 0 else '':<9} {line}".rstrip() for place, line in enumerate(lines)]


def _estimate(estimate: Estimate | None) -> list[str]:
    if estimate is None or (estimate.value is None and estimate.n_obs is None):
        return []
    text = number(estimate.value) + (f" {estimate.unit}" if estimate.unit else "")
    if estimate.low is not None or estimate.high is not None:
        low = "-inf" if estimate.low is None else number(estimate.low)
        high = "inf" if estimate.high is None else number(estimate.high)
        level = f", each bound at {100 * estimate.confidence_level:g} %" if estimate.confidence_level else ""
        text += f" [{low}, {high}]{level}"
    if estimate.n_obs is not None:
        text += f", n = {estimate.n_obs:,}"
    if estimate.violations is not None:
        text += f", {estimate.violations:,} violating"
    lines = [text]
    if estimate.bound:
        lines.append(f"bound: {estimate.bound}")
    if estimate.pvalue is not None:
        share = f", its share of alpha {number(estimate.alpha, digits=3)}" if estimate.alpha is not None else ""
        lines.append(f"p = {number(estimate.pvalue, digits=3)}{share}")
    return lines


def _decides(verdict: Verdict) -> list[str]:
    estimate = verdict.estimate
    if estimate is None or verdict.outcome is not Outcome.INCONCLUSIVE or verdict.fix:
        return []
    lines = []
    if estimate.required_n is not None:
        have = f"; this set has {estimate.n_obs:,}" if estimate.n_obs is not None else ""
        lines.append(f"about {estimate.required_n:,} rows would decide{have}")
    if estimate.detectable is not None:
        lines.append(f"the smallest drop this set could have shown is {number(estimate.detectable, digits=3)}")
    return lines


def _offenders(verdict: Verdict) -> list[str]:
    found = verdict.offenders
    if found is None or not found.rows:
        return []
    shown = found.rows
    total = "" if found.total is None or found.total < len(shown) else f" of {found.total:,}"  # a repeated value shows its first row too
    return [f"first {len(shown)}{total} offending rows", *table(found.columns, shown)]
