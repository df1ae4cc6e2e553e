"""From a claim to an outcome: the policy of docs/statistics.md, and the only place that compares a p-value with alpha."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Policy
from mlgate.core.marked import quoting
from mlgate.core.statistic import Exact, Nothing, Statistic
from mlgate.core.verdict import Estimate, Outcome
from mlgate.run.sizing import deciding_rows
from mlgate.stats.multiplicity import holm
from mlgate.stats.power import detectable


@dataclass(frozen=True)
class Judged:
    """One claim with its outcome. `flags` are the reasons why a PASS was not granted."""

    claim: Claim
    outcome: Outcome
    estimate: Estimate
    flags: tuple[str, ...] = ()


def judge(claims: Sequence[Claim], *, share: float | None, primary: bool, policy: Policy) -> tuple[Judged, ...]:
    """Judges the claims of one item. Several sampled claims (slices) share the item's alpha by Holm.

    Raises `MeasurementError` where a sampled claim comes from a check that was given no share (a kind that hides that it samples).
    """
    if not claims:
        raise MeasurementError("the check claims nothing", cause="configuration", fix="let `claims` of its kind give at least one claim")
    sampled = [index for index, claim in enumerate(claims) if not isinstance(claim.statistic, (Exact, Nothing))]
    if sampled and share is None:
        raise MeasurementError("a sampled claim from a kind that declares none", cause="configuration", fix="set `sampled_kind = True` on the kind")
    raw = {index: _pvalue_of_fail(claims[index], primary) for index in sampled}
    adjusted = dict(zip(sampled, holm([raw[index] for index in sampled]), strict=True))
    return tuple(
        _judge_sampled(claim, adjusted[index], share or 0.0, primary, policy) if index in adjusted else _judge_exact(claim)
        for index, claim in enumerate(claims)
    )


def _judge_exact(claim: Claim) -> Judged:
    if isinstance(claim.statistic, Nothing):
        return Judged(claim, Outcome.INCONCLUSIVE, Estimate(None, unit=claim.unit, n_obs=0, bound=bound_text(claim)), (claim.statistic.why,))
    assert isinstance(claim.statistic, Exact)
    value = claim.statistic.value
    inside = value is not None and not _is_nan(value) and _within(value, claim)
    shown = value if value is None or isinstance(value, (int, float, str, Decimal)) else str(value)
    estimate = Estimate(
        shown if isinstance(shown, str) or shown is None else float(shown),
        unit=claim.unit,
        n_obs=claim.statistic.n_obs,
        bound=bound_text(claim),
        violations=claim.statistic.violations,
    )
    return Judged(claim, Outcome.PASS if inside else Outcome.FAIL, estimate)


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _within(value: Any, claim: Claim) -> bool:
    try:
        return (claim.low is None or value >= claim.low) and (claim.high is None or value <= claim.high)
    except TypeError:
        got, bound = type(value).__name__, type(claim.low if claim.low is not None else claim.high).__name__
        what = f"{claim.says}: a bound of type {bound} does not fit a value of type {got} ({quoting(repr(value))})"
        raise MeasurementError(what, cause="configuration", fix=f"write a bound of type {got}") from None


def is_dual(claim: Claim, *, primary: bool) -> bool:
    """The dual criterion needs a value of no change strictly inside the claim (a tolerated drop)."""
    if not primary or claim.null is None:
        return False
    low, high = claim.ends()
    return -math.inf < low < claim.null or claim.null < high < math.inf


def _pvalue_of_fail(claim: Claim, primary: bool) -> float:
    """p of the hypothesis that a FAIL rejects: "no change" under the dual criterion, else "inside the bound"."""
    statistic = claim.statistic
    assert isinstance(statistic, Statistic)
    low, high = claim.ends()
    null = claim.null if is_dual(claim, primary=primary) else None
    values = [statistic.pvalue(low if null is None else null, "less")] if low > -math.inf else []
    values += [statistic.pvalue(high if null is None else null, "greater")] if high < math.inf else []
    if not values:
        raise MeasurementError(f"{claim.says}: a sampled claim without a bound", cause="configuration", fix="claim `low`, `high` or both")
    return min(1.0, len(values) * min(values))


def _judge_sampled(claim: Claim, pvalue: float, share: float, primary: bool, policy: Policy) -> Judged:
    statistic = claim.statistic
    assert isinstance(statistic, Statistic)
    low, high = claim.ends()
    error = error_of_pass(policy, primary=primary)
    proven = statistic.interval(1 - 2 * error)
    if pvalue <= share and (not is_dual(claim, primary=primary) or statistic.value <= low or statistic.value >= high):
        outcome = Outcome.FAIL
    elif proven.low > low and proven.high < high and not statistic.flags:
        outcome = Outcome.PASS
    else:
        outcome = Outcome.INCONCLUSIVE
    undecided = outcome is Outcome.INCONCLUSIVE
    needed = deciding_rows(claim, error_of_pass=error, share=share, power=policy.power, undecided=undecided)
    shown = statistic.interval(2 * policy.confidence - 1)
    spread = statistic.standard_error
    estimate = Estimate(
        statistic.value,
        unit=claim.unit,
        low=shown.low,
        high=shown.high,
        confidence_level=policy.confidence,
        n_obs=statistic.n_obs,
        required_n=needed,
        detectable=detectable(standard_error=spread, alpha=share, power=policy.power) if 0 < spread < math.inf else None,
        pvalue=pvalue,
        alpha=share,
        bound=bound_text(claim),
    )
    return Judged(claim, outcome, estimate, () if outcome is Outcome.FAIL else statistic.flags)


def error_of_pass(policy: Policy, *, primary: bool) -> float:
    """One-sided error of a PASS. Not shared among checks (all must pass); a primary check in prove mode spends it over the planned uses."""
    error = 1 - policy.confidence
    return error / policy.uses if policy.mode == "prove" and primary else error


def bound_text(claim: Claim) -> str:
    """The bound as the report prints it: `[low, high]`, `>= low` or `<= high`."""
    if claim.low is not None and claim.high is not None:
        return f"= {claim.low}" if claim.low == claim.high else f"in [{claim.low}, {claim.high}]"
    if claim.low is not None:
        return f">= {claim.low}"
    return f"<= {claim.high}" if claim.high is not None else ""
