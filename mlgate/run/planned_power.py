"""What the rows of a sampled item are worth: rows needed, the smallest loss they can show, the chance that an equal candidate passes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlgate.core.claim import Claim
from mlgate.core.gate import Policy
from mlgate.core.statistic import Statistic
from mlgate.run.judge import Judged, error_of_pass, is_dual
from mlgate.run.shares import Declared
from mlgate.run.sizing import deciding_rows
from mlgate.stats.power import chance_of_passing, detectable, required_rows, smallest_shown


@dataclass(frozen=True)
class PlannedItem:
    """One sampled item. `share` is its part of alpha.

    `required` says in words what it needs before any data was seen. The numbers are of the claim that needs most rows (`part` names it, of
    `parts`), in the claim's `unit`: `margin` between no change (for a bound on one model: the estimate) and the bound, `n_obs` rows at hand,
    `rows_needed`, `smallest` true loss that would FAIL with the policy's power, `chance` in [0, 1] that an equal candidate passes; None where
    not known. `source` is `data`, `discordance` or empty; `advice` says what to do where rows are too few, or why no number is known.
    """

    id: str
    share: float
    primary: bool
    required: str = ""
    part: str = ""
    parts: int = 1
    margin: float | None = None
    unit: str = ""
    n_obs: int | None = None
    rows_needed: int | None = None
    smallest: float | None = None
    chance: float | None = None
    source: str = ""
    advice: str = ""

    @property
    def underpowered(self) -> bool:
        """Whether the rows at hand are fewer than needed."""
        return self.n_obs is not None and self.rows_needed is not None and self.n_obs < self.rows_needed


def assumed(item: Declared, policy: Policy, *, discordance: float, rows: int | None) -> PlannedItem:
    """What the gate file alone says, where exactly one of two models is right on a share `discordance` of the rows; `rows` at hand, if known."""
    error = error_of_pass(policy, primary=item.primary)
    blank = PlannedItem(item.id, item.share or 0.0, item.primary, item.check.required_rows(alpha=error, power=policy.power))
    margin, spread = item.check.assumption(discordance) or (None, None)
    if margin is None or not margin or spread is None or item.part:
        return replace(blank, margin=margin, advice=blank.required or "known once there is data")
    needed = item.check.assumed_rows(discordance, alpha=error, power=policy.power)
    planned = replace(blank, margin=margin, n_obs=rows, rows_needed=needed, source="discordance")
    if rows:
        spread /= math.sqrt(rows)
        planned = replace(
            planned,
            smallest=smallest_shown(standard_error=spread, margin=margin, alpha=blank.share, power=policy.power, dual=item.primary),
            chance=chance_of_passing(standard_error=spread, below=math.inf, above=margin, alpha=error),
        )
    return replace(planned, advice=_advice(planned, margin * math.sqrt(needed / rows) if rows else 0.0))


def measured(item: Declared, policy: Policy, judged: Sequence[Judged]) -> PlannedItem:
    """The numbers, from the judged claims of the item on the rows at hand; of several (slices), of the one that needs most rows."""
    error = error_of_pass(policy, primary=item.primary)
    blank = PlannedItem(item.id, item.share or 0.0, item.primary, item.check.required_rows(alpha=error, power=policy.power), parts=len(judged))
    sampled = [one for one in judged if isinstance(one.claim.statistic, Statistic)]
    level = blank.share / max(1, len(sampled))  # Holm's first step: what every one of them is sure to get
    found = [_claim(blank, one, item, policy, level) for one in sampled]
    if not found:
        return replace(blank, advice="; ".join(dict.fromkeys(flag for one in judged for flag in one.flags)) or "nothing is sampled on these rows")
    return max(found, key=lambda one: (one.rows_needed or 0) / max(one.n_obs or 0, 1))


def _claim(blank: PlannedItem, one: Judged, item: Declared, policy: Policy, level: float) -> PlannedItem:
    claim, statistic, error = one.claim, one.claim.statistic, error_of_pass(policy, primary=item.primary)
    assert isinstance(statistic, Statistic)
    low, high = claim.ends()
    truth = claim.null if claim.null is not None and low < claim.null < high else statistic.value
    margin, spread, dual = min(truth - low, high - truth), statistic.standard_error, is_dual(claim, primary=item.primary)
    level /= 2 if math.inf not in (-low, high) else 1
    planned = replace(blank, part=claim.part, margin=margin, unit=claim.unit, n_obs=statistic.n_obs, source="data")
    if margin <= 0:
        return replace(planned, advice=_outside(claim))
    if not 0 < spread < math.inf:
        return replace(planned, advice=f"the spread of these rows is {spread:g}: no number of rows is known to do")
    planned = replace(
        planned,
        rows_needed=deciding_rows(claim, error_of_pass=error, share=level, power=policy.power, undecided=False)
        or required_rows(standard_error=spread, n_obs=statistic.n_obs, margin=margin, alpha=error, power=policy.power),
        smallest=smallest_shown(standard_error=spread, margin=margin, alpha=level, power=policy.power, dual=dual),
        chance=chance_of_passing(standard_error=spread, below=high - truth, above=truth - low, alpha=error),
    )
    advice = _advice(planned, detectable(standard_error=spread, alpha=error, power=policy.power))
    flags = "".join(f"; a PASS is not granted: {flag}" for flag in statistic.flags)
    return replace(planned, chance=0.0 if flags else planned.chance, advice=(advice + flags).removeprefix("; "))


def _outside(claim: Claim) -> str:
    if claim.null is not None:
        return "asks for a gain: no change is outside its bound, so an equal candidate does not pass"
    return "the estimate lies outside its bound: more rows would show that, not mend it"


def _advice(planned: PlannedItem, margin_shown: float) -> str:
    if not planned.underpowered:
        return ""
    assert planned.n_obs is not None
    assert planned.rows_needed is not None
    more = planned.rows_needed - planned.n_obs
    return f"add {more:,} rows ({planned.rows_needed / planned.n_obs:.1f} x), or tolerate {margin_shown:.3g} instead of {planned.margin:.3g}"
