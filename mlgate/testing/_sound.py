"""What every statistic must do, whatever it estimates."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise

from mlgate.core.statistic import Interval, Statistic
from mlgate.testing._expect import attempt, expect

LEVELS = (0.5, 0.8, 0.9, 0.98)
STEP = 0.05  # of an interval's width: how far from its end a p-value must have noticed on which side it is


def expect_sound(statistic: Statistic, of: str) -> None:
    """Expects finite numbers, intervals that hold the value and nest, p-values in [0, 1] that rise with the null, and both to agree.

    `of` says whose statistic it is and how it came about; every sentence begins with it.
    """
    __tracebackhide__ = True
    expect(
        isinstance(statistic, Statistic), f"{of}: {type(statistic).__name__} is no Statistic (value, n_obs, standard_error, flags, interval, pvalue)"
    )
    expect(math.isfinite(statistic.value), f"{of}: the value is {statistic.value}")
    expect(statistic.n_obs >= 1, f"{of}: n_obs is {statistic.n_obs}")
    error = statistic.standard_error
    expect(math.isfinite(error) and error > 0, f"{of}: the standard error is {error}, and a sample's is above 0")
    flags = statistic.flags
    expect(isinstance(flags, tuple) and all(isinstance(flag, str) and flag for flag in flags), f"{of}: flags is no tuple of sentences: {flags!r}")
    _expect_nested(statistic, of)
    _expect_pvalues(statistic, of)
    for level in LEVELS:
        _expect_dual(statistic, _interval(statistic, level, of), of)


def _interval(statistic: Statistic, level: float, of: str) -> Interval:
    return attempt(lambda: statistic.interval(level), f"{of}: interval({level}) breaks")


def _expect_nested(statistic: Statistic, of: str) -> None:
    __tracebackhide__ = True
    slack = 1e-9 * (abs(statistic.value) + statistic.standard_error)
    low = high = statistic.value
    for level in LEVELS:
        found = _interval(statistic, level, of)
        expect(found.confidence_level == level, f"{of}: interval({level}) says it is one at {found.confidence_level}")
        inside = found.low <= statistic.value + slack and statistic.value <= found.high + slack
        expect(inside, f"{of}: the value {statistic.value:g} lies outside its own interval({level}) [{found.low:g}, {found.high:g}]")
        expect(found.low <= low + slack and high <= found.high + slack, f"{of}: interval({level}) is no wider than one with less confidence")
        low, high = found.low, found.high


def _expect_pvalues(statistic: Statistic, of: str) -> None:
    __tracebackhide__ = True
    nulls = [statistic.value + steps * statistic.standard_error for steps in (-6, -4, -2, -1, 0, 1, 2, 4, 6)]
    for alternative, ordered in (("greater", nulls), ("less", nulls[::-1])):
        values = [attempt(partial(_pvalue, statistic, null, alternative), f"{of}: pvalue breaks") for null in ordered]
        expect(all(0 <= value <= 1 for value in values), f"{of}: p-values against {alternative!r} leave [0, 1]: {values}")
        rising = all(one <= other + 1e-9 for one, other in pairwise(values))
        expect(rising, f"{of}: p-values against {alternative!r} do not fall as the value moves that way from the null: {values}")


def _expect_dual(statistic: Statistic, found: Interval, of: str) -> None:
    __tracebackhide__ = True
    tail, step = (1 - found.confidence_level) / 2, STEP * (found.high - found.low)
    if step == 0:  # both ends cut off where the scale ends, as a distance's at 0
        return
    for end, alternative, outwards in ((found.low, "greater", -step), (found.high, "less", step)):
        outside, inside = (_pvalue(statistic, end + side * outwards, alternative) for side in (1, -1))
        expect(
            outside <= tail <= inside,
            f"{of}: interval({found.confidence_level}) ends at {end:g}, but p against {alternative!r} is {outside:.3g} just outside "
            f"and {inside:.3g} just inside: the two must agree on {tail:.3g}",
        )


def _pvalue(statistic: Statistic, null: float, alternative: str) -> float:
    return float(statistic.pvalue(null, "greater" if alternative == "greater" else "less"))
