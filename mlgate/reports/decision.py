"""A decision as one paragraph for a person: the action, why, what next."""

from __future__ import annotations

from collections.abc import Mapping

from mlgate.core.decision import Decision, DecisionAction
from mlgate.reports._text import one_line

_HEADLINES: Mapping[DecisionAction, str] = {
    "promote": "PROMOTE: the candidate may go to production.",
    "hold": "HOLD: keep the model that is live.",
    "reject": "REJECT: do not deploy this candidate.",
    "rollback": "ROLLBACK: take the live model back to the one before.",
    "broken": "BROKEN: this evidence carries no decision; nothing may be promoted on it.",
}
_NEXT: Mapping[DecisionAction, str] = {
    "promote": "",
    "hold": "Next: mend what is named, then run pytest --mlgate again.",
    "reject": "Next: see the failing items in the report; the model that is live stays.",
    "rollback": "Next: move the alias back, then see the failing items in the report.",
    "broken": "Next: run pytest --mlgate once more on all gate files, without -k, -x or --lf, and give all its reports.",
}
MAX_SHOWN = 10


def render(decision: Decision) -> str:
    """Plain text that ends without a newline."""
    lines = [_HEADLINES[decision.action]]
    lines += [f"Why: {one_line(sentence)}." for sentence in decision.why[:MAX_SHOWN]]
    if len(decision.why) > MAX_SHOWN:
        lines.append(f"... and {len(decision.why) - MAX_SHOWN} more reasons.")
    lines += [f"  {one_line(nodeid)}" for nodeid in decision.blocked_by[:MAX_SHOWN]]
    if len(decision.blocked_by) > MAX_SHOWN:
        lines.append(f"  ... and {len(decision.blocked_by) - MAX_SHOWN} more")
    if decision.counts:
        lines.append("Items: " + ", ".join(f"{count} {outcome}" for outcome, count in decision.counts) + ".")
    if decision.waived:
        lines.append(f"Waived: {', '.join(decision.waived[:MAX_SHOWN])}.")
    return "\n".join([*lines, *([_NEXT[decision.action]] if _NEXT[decision.action] else [])])
