"""The suite that every distance passes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import ndtri

from mlgate.core.distance import Distance, Distribution, JointDistance
from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Statistic
from mlgate.testing._expect import attempt, expect, near
from mlgate.testing._joint_suite import check_joint_distance
from mlgate.testing._sound import expect_sound

LEVELS = "abcdefgh"
SHARE = 0.05 / 10_000  # of alpha, for one of very many columns
Made = Callable[[int, float], Distribution]  # rows, shift


def check_distance(distance: Distance | JointDistance | type[Distance] | type[JointDistance]) -> None:
    """Expects of a distance what drift relies on, for numbers and for categories, whichever it says it is defined for (0.1 s).

    Identical samples are no further apart than noise, samples of one population seldom are, a larger shift is a larger distance, intervals
    and p-values agree, one row is enough for an answer, ten rows alike prove nothing, many do, nulls do not count, an empty side is a
    `MeasurementError`, and the noise floor falls with the rows and rises with the demand. The numbers have a spread of about 1, so
    the default tolerance is one for such a column. A distance between several columns together runs its probe on made-up frames. Raises
    `AssertionError` with a sentence.
    """
    __tracebackhide__ = True
    one = distance() if isinstance(distance, type) else distance
    if isinstance(one, JointDistance):
        check_joint_distance(one)
        return
    _knows_itself(one)
    for made in ([numbers] if one.numeric else []) + ([categories] if one.categorical else []):
        of = f"{one.name} of {made.__name__}"
        _tells_noise_from_shift(one, made, of)
        _decides_with_many_rows_only(one, made, of)
        _is_sound(one, made, of)
        _answers_for_few_rows(one, made, of)
        _looks_at_nothing_but_counts(one, made, of)
        _refuses_an_empty_side(one, made, of)
        _knows_its_noise(one, made, of)


def numbers(rows: int, shift: float) -> Distribution:
    """Quantiles of a normal distribution, moved by `shift` standard deviations: a sample without chance."""
    return Distribution(Counter((ndtri((np.arange(rows) + 0.5) / rows) + shift).tolist()), 0, numeric=True)


def categories(rows: int, shift: float) -> Distribution:
    """Eight levels with rows in equal parts, of which up to one level's rows (at `shift` 1) have gone to a level never seen."""
    each, moved = rows / len(LEVELS), min(1.0, shift)
    counts = {level: round(each) for level in LEVELS} | {"h": round(each * (1 - moved)), "new": round(each * moved)}
    return Distribution({level: count for level, count in counts.items() if count} or {"a": rows}, 0, numeric=False)


def _knows_itself(distance: Distance) -> None:
    __tracebackhide__ = True
    expect(isinstance(distance, Distance), f"{type(distance).__name__} is no subclass of mlgate.core.distance.Distance")
    name = distance.name
    expect((type(distance).__doc__ or "").strip(), f"{name}: no docstring; its first line says what the distance measures")
    for word in ("numeric", "categorical"):
        found = getattr(distance, word, None)
        expect(found in (True, False), f"{name}: {word} is {found!r}, expected True or False")
    expect(distance.numeric or distance.categorical, f"{name}: defined for neither numbers nor categories")
    default = getattr(distance, "default_at_most", None)
    positive = isinstance(default, (int, float)) and 0 < default < math.inf
    expect(positive, f"{name}: default_at_most is {default!r}, expected a tolerance above 0")


def _measure(distance: Distance, current: Distribution, reference: Distribution, of: str) -> Statistic:
    __tracebackhide__ = True
    try:
        return attempt(lambda: distance.statistic(current, reference), f"{of}: statistic() breaks on {current.n_obs} and {reference.n_obs} rows")
    except MeasurementError as error:
        raise AssertionError(f"{of}: refuses {current.n_obs} and {reference.n_obs} rows: {error.what}") from error


def _floor(distance: Distance, current: Distribution, reference: Distribution, level: float, of: str) -> float:
    __tracebackhide__ = True
    try:
        sentence = f"{of}: noise_floor() breaks on {current.n_obs} and {reference.n_obs} rows"
        floor = attempt(lambda: float(distance.noise_floor(current, reference, level)), sentence)
    except MeasurementError as error:
        raise AssertionError(f"{of}: no noise floor for {current.n_obs} and {reference.n_obs} rows: {error.what}") from error
    expect(floor >= 0 and math.isfinite(floor), f"{of}: the noise floor of {current.n_obs} and {reference.n_obs} rows is {floor}")
    return floor


def _tells_noise_from_shift(distance: Distance, made: Made, of: str) -> None:
    __tracebackhide__ = True
    reference = made(4000, 0)
    floor = _floor(distance, reference, reference, 0.05, of)
    same = _measure(distance, made(4000, 0), reference, of).value
    expect(same <= floor, f"{of}: identical samples are {same:g} apart, more than the noise floor {floor:g}")
    shifts = (0.1, 0.3, 0.6, 1.0)
    values = [_measure(distance, made(4000, shift), reference, of).value for shift in shifts]
    growing = all(one < other for one, other in pairwise([same, *values]))
    expect(growing, f"{of}: shifts of {shifts} give distances of {', '.join(f'{value:g}' for value in values)}, which do not grow")
    expect(values[-1] > floor, f"{of}: a shift of 1 gives {values[-1]:g}, which noise of 4000 rows reaches too ({floor:g})")


def _decides_with_many_rows_only(distance: Distance, made: Made, of: str) -> None:
    __tracebackhide__ = True
    tolerance, alike = distance.default_at_most, f"{of}: at its default tolerance {distance.default_at_most:g}"
    many = made(20_000, 0)
    proven = _measure(distance, made(20_000, 0), many, of).pvalue(tolerance, "less")
    expect(proven < SHARE, f"{alike} 20,000 rows alike do not pass, p is {proven:.3g}")
    broken = _measure(distance, made(20_000, 1), many, of).pvalue(tolerance, "greater")
    expect(broken < SHARE, f"{alike} 20,000 rows that are far from the reference do not fail, p is {broken:.3g}")
    few = Distribution({next(iter(many.counts)): 10}, 0, many.numeric)
    found = _measure(distance, few, few, of)
    expect(found.interval(0.9).high > tolerance and found.pvalue(tolerance, "less") > 0.05, f"{alike} ten rows of one value pass")


def _is_sound(distance: Distance, made: Made, of: str) -> None:
    __tracebackhide__ = True
    for current, reference in ((made(500, 0), made(400, 0)), (made(500, 0.5), made(400, 0)), (made(5000, 1), made(100, 0))):
        found = _measure(distance, current, reference, of)
        expect_sound(found, f"{of}, {current.n_obs} and {reference.n_obs} rows")
        expect(found.interval(0.9).low >= 0, f"{of}: the lower bound is {found.interval(0.9).low:g}, and no distance is below 0")
        fewer = min(current.n_obs, reference.n_obs)
        expect(found.n_obs <= fewer, f"{of}: n_obs is {found.n_obs}, more than the {fewer} rows of the smaller side")


def _answers_for_few_rows(distance: Distance, made: Made, of: str) -> None:
    __tracebackhide__ = True
    value, other = list(made(8, 0).counts)[:2]
    one, two = Distribution({value: 1}, 0, made is numbers), Distribution({value: 1, other: 1}, 3, made is numbers)
    for current, reference in ((one, one), (one, two), (two, one), (two, made(1000, 0)), (made(1000, 0), one)):
        found = _measure(distance, current, reference, of)
        rows = f"{of}, {current.n_obs} and {reference.n_obs} rows"
        bounds = found.interval(0.9)
        finite = all(math.isfinite(number) for number in (found.value, bounds.low, bounds.high))
        expect(finite and bounds.low <= found.value <= bounds.high, f"{rows}: {found.value} in [{bounds.low}, {bounds.high}] is no finite estimate")
        pvalues = [found.pvalue(distance.default_at_most, alternative) for alternative in ("less", "greater")]
        expect(all(0 <= pvalue <= 1 for pvalue in pvalues), f"{rows}: p-values leave [0, 1]: {pvalues}")
        _floor(distance, current, reference, 0.05, of)


def _looks_at_nothing_but_counts(distance: Distance, made: Made, of: str) -> None:
    """Neither nulls nor the order in which an engine counted the values."""
    __tracebackhide__ = True
    current, reference = made(400, 0.5), made(400, 0)
    kept = dict(current.counts)
    plain = _seen(_measure(distance, current, reference, of))
    expect(dict(current.counts) == kept, f"{of}: it changes the counts it is given")
    again = _seen(_measure(distance, current, reference, of))
    expect(plain == again, f"{of}: asked twice, it answers differently")
    nulls = _seen(_measure(distance, Distribution(current.counts, 1000, current.numeric), reference, of))
    expect(_agree(plain, nulls), f"{of}: nulls change it; the null share is judged apart")
    backwards = [Distribution(dict(reversed(list(side.counts.items()))), 0, side.numeric) for side in (current, reference)]
    expect(_agree(plain, _seen(_measure(distance, backwards[0], backwards[1], of))), f"{of}: the order in which values were counted changes it")


def _seen(found: Statistic) -> tuple[float, ...]:
    bounds = found.interval(0.9)
    return found.value, found.standard_error, bounds.low, bounds.high


def _agree(numbers: Iterable[float], others: Iterable[float]) -> bool:
    return all(near(one, other) for one, other in zip(numbers, others, strict=True))


def _refuses_an_empty_side(distance: Distance, made: Made, of: str) -> None:
    __tracebackhide__ = True
    full = made(100, 0)
    empty = Distribution({}, 5, full.numeric)
    calls: dict[str, Callable[[Distribution, Distribution], Any]] = {
        "statistic()": distance.statistic,
        "noise_floor()": lambda current, reference: distance.noise_floor(current, reference, 0.05),
    }
    for word, call in calls.items():
        for current, reference in ((empty, full), (full, empty)):
            try:
                attempt(partial(call, current, reference), f"{of}: {word} breaks where a side has no rows")
            except MeasurementError:
                continue
            raise AssertionError(f"{of}: {word} says a number where a side has no rows; raise a MeasurementError")


def _knows_its_noise(distance: Distance, made: Made, of: str) -> None:
    __tracebackhide__ = True
    few, many = made(400, 0), made(40_000, 0)
    floors = [_floor(distance, side, side, 0.05, of) for side in (few, many)]
    expect(floors[1] < floors[0], f"{of}: the noise floor does not fall with the rows: {floors[0]:g} for 400, {floors[1]:g} for 40,000")
    demand = [_floor(distance, few, few, level, of) for level in (0.05, 0.001)]
    expect(demand[0] < demand[1], f"{of}: the noise floor does not rise with the demand: {demand[0]:g} at 0.05, {demand[1]:g} at 0.001")
    rng, beyond = np.random.default_rng(1), 0
    for _ in range(100):
        current, reference = (_drawn(made(400, 0), rng) for _ in range(2))
        beyond += _measure(distance, current, reference, of).value > _floor(distance, current, reference, 0.05, of)
    expect(beyond <= 15, f"{of}: of 100 pairs of samples from one population {beyond} lie beyond the noise floor that 5 should reach")


def _drawn(population: Distribution, rng: np.random.Generator) -> Distribution:
    values, counts = list(population.counts), np.array(list(population.counts.values()))
    chosen = rng.choice(len(values), size=400, p=counts / counts.sum())
    return Distribution(Counter(values[place] for place in chosen.tolist()), 0, population.numeric)
