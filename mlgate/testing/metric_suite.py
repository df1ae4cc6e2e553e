"""The suite that every metric passes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from mlgate.core.errors import MeasurementError
from mlgate.core.metric import Metric, Sample
from mlgate.core.statistic import Statistic
from mlgate.testing._expect import attempt, expect, near
from mlgate.testing._sound import expect_sound
from mlgate.testing.samples import PER_QUERY, answered, arms, counted, repeated, sample

N = 2000
GROUP = np.arange(N) // 5
WEIGHT = np.random.default_rng(3).uniform(0.5, 2, N)
DRESSES: Mapping[str, Mapping[str, Any]] = {
    "plain rows": {},
    "rows with groups": {"group": GROUP},
    "rows with weights": {"weight": WEIGHT},
    "rows with groups and weights": {"group": GROUP, "weight": WEIGHT},
}
FRESH = 100  # fresh samples: their standard deviation is known to 7 %
SPREAD = 0.3  # four of those
COPIES = 0.25  # a standard error of ten times the rows that is wrong is wrong by a factor of 3; one from a density depends a little on their number


def check_metric(metric: Metric | type[Metric]) -> None:
    """Expects of a metric what the gate relies on, on some 2,000 made-up rows (0.1 s for a closed form).

    A worse model is seen as worse, a model does not differ from itself, swapping the models mirrors the difference, `ratio` is honoured,
    the value is finite for a perfect and a poor model, intervals and p-values agree, the standard error is the spread over fresh samples,
    counted rows mean what raw rows mean, and groups and weights work or are refused with a `MeasurementError` that has a fix.
    Raises `AssertionError` with a sentence.
    """
    __tracebackhide__ = True
    one = _made(metric)
    _knows_itself(one)
    _ranks_perfect_poor_and_wrong(one)
    for dress, columns in DRESSES.items():
        if _takes(one, dress, columns):
            _compares(one, dress, columns)
            _states_its_uncertainty(one, dress, columns)
    _learns_nothing_from_copies(one)
    _weighs(one)
    _counts(one)
    _reads_text(one)
    _spreads_as_it_says(one)
    _survives_one_class(one)


def _made(metric: Metric | type[Metric]) -> Metric:
    __tracebackhide__ = True
    if not isinstance(metric, type):
        return metric
    expect(issubclass(metric, Metric), f"{metric.__name__} is no subclass of mlgate.core.metric.Metric")
    return metric(**metric.takes)


def better_is_shown(metric: Metric, difference: Statistic) -> float:
    """The one-sided p-value of "the candidate is no better"."""
    return float(difference.pvalue(0.0, "greater" if metric.greater_is_better else "less"))


def _knows_itself(metric: Metric) -> None:
    __tracebackhide__ = True
    expect(isinstance(metric, Metric), f"{type(metric).__name__} is no subclass of mlgate.core.metric.Metric")
    name = metric.name
    expect(name, f"{type(metric).__name__} has no name: the name of its file is the metric's name")
    expect((type(metric).__doc__ or "").strip(), f"{name}: no docstring; its first line says what the metric measures")
    for word, allowed in (
        ("greater_is_better", (True, False)),
        ("needs", ("prediction", "score", "scores", "loss")),
        ("labels", ("binary", "classes", "numbers")),
        ("counted", (True, False)),
    ):
        found = getattr(metric, word, None)
        expect(found in allowed, f"{name}: {word} is {found!r}, expected one of {', '.join(map(repr, allowed))}")
    expect(not metric.counted or metric.needs == "prediction", f"{name}: scores are not counted: a counted metric needs the prediction")
    expect(metric.optional <= set(metric.takes), f"{name}: `optional` names parameters that `takes` does not: {', '.join(metric.optional)}")


def _ranks_perfect_poor_and_wrong(metric: Metric) -> None:
    __tracebackhide__ = True
    y = np.array([0, 1] * 50, dtype=float) + (metric.labels == "numbers" and not metric.per_query)  # a label of 0 has no percentage
    wrong = y.max() + y.min() - y
    answers = {"perfect": y, "poor": np.where(np.arange(100) < 30, wrong, y), "wrong": wrong}
    values = {word: _value(metric, answered(metric, y, answer), f"a {word} {metric.needs}") for word, answer in answers.items()}
    sign = 1 if metric.greater_is_better else -1
    perfect, poor, worst = (sign * values[word] for word in ("perfect", "poor", "wrong"))
    ranked = perfect >= poor >= worst and perfect > worst
    told = ", ".join(f"{word} {value:g}" for word, value in values.items())
    way = "greater" if metric.greater_is_better else "smaller"
    expect(ranked, f"{metric.name}: {way} is better, but the values of three models do not fall in that order: {told}")


def _value(metric: Metric, one: Sample, of: str) -> float:
    __tracebackhide__ = True
    try:
        value = attempt(lambda: float(metric.value(one)), f"{metric.name}: value() breaks on {of} (only the {metric.needs} is given)")
    except MeasurementError as error:
        raise AssertionError(f"{metric.name}: value() refuses {of}: {error.what}") from error
    expect(math.isfinite(value), f"{metric.name}: the value of {of} is {value}")
    return value


def _takes(metric: Metric, dress: str, columns: Mapping[str, Any]) -> bool:
    """Whether the metric judges such rows. Groups and weights it may refuse, if it says what to do."""
    __tracebackhide__ = True
    candidate, baseline = arms(metric, N, **columns)
    refused: list[MeasurementError | None] = []
    for call in (lambda: metric.statistic(candidate), lambda: metric.difference(candidate, baseline)):
        try:
            attempt(call, f"{metric.name}: breaks on {dress}")
            refused.append(None)
        except MeasurementError as error:
            expect(columns, f"{metric.name}: refuses {dress}: {error.what}")
            expect(error.fix, f"{metric.name}: refuses {dress} without a fix: {error.what}")
            refused.append(error)
    expect(len({error is None for error in refused}) == 1, f"{metric.name}: takes {dress} for one model and refuses them for two, or the reverse")
    return refused[0] is None


def _compares(metric: Metric, dress: str, columns: Mapping[str, Any]) -> None:
    __tracebackhide__ = True
    good, bad = arms(metric, N, noise=(0.4, 1.2), **columns)
    better, worse = (better_is_shown(metric, difference) for difference in (metric.difference(good, bad), metric.difference(bad, good)))
    expect(better < 0.01, f"{metric.name} on {dress}: a better candidate is not seen as better, p of 'no better' is {better:.3g}")
    expect(worse > 0.99, f"{metric.name} on {dress}: a worse candidate is not seen as worse, p of 'no better' is {worse:.3g}")
    same = metric.difference(good, good)
    scale = 1e-9 * (abs(metric.value(good)) + 1e-9)
    expect(abs(same.value) <= scale, f"{metric.name} on {dress}: a model differs from itself by {same.value:g}")
    shown = better_is_shown(metric, same)
    expect(shown >= 0.5 - 1e-9, f"{metric.name} on {dress}: a model is shown to be better than itself, p is {shown:.3g}")
    _mirrors(metric, dress, (good, bad))
    for ratio in (0.95, 1.1):
        found, expected = metric.difference(good, bad, ratio=ratio).value, metric.value(good) - ratio * metric.value(bad)
        expect(near(found, expected), f"{metric.name} on {dress}: with ratio {ratio} the difference is {found:g}, not {expected:g}")
    errors = [metric.difference(good, bad, ratio=ratio).standard_error for ratio in (1.0, 1 - 1e-9)]
    expect(
        near(*errors, rel=1e-3), f"{metric.name} on {dress}: a ratio next to 1 jumps to another standard error: {errors[0]:.3g} and {errors[1]:.3g}"
    )


def _mirrors(metric: Metric, dress: str, models: tuple[Sample, Sample]) -> None:
    __tracebackhide__ = True
    forth, back = metric.difference(*models), metric.difference(*models[::-1])
    of = f"{metric.name} on {dress}: swapping the models"
    expected = metric.value(models[0]) - metric.value(models[1])
    expect(near(forth.value, expected), f"{metric.name} on {dress}: the difference is {forth.value:g}, that of the two values {expected:g}")
    expect(near(forth.value, -back.value), f"{of} turns {forth.value:g} into {back.value:g}")
    expect(near(forth.standard_error, back.standard_error, rel=1e-6), f"{of} changes the standard error")
    ends, mirrored = forth.interval(0.9), back.interval(0.9)
    same = near(ends.low, -mirrored.high, rel=1e-6) and near(ends.high, -mirrored.low, rel=1e-6)
    expect(same, f"{of} does not mirror the interval: [{ends.low:g}, {ends.high:g}] and [{mirrored.low:g}, {mirrored.high:g}]")
    null = forth.value + forth.standard_error
    expect(near(forth.pvalue(null, "less"), back.pvalue(-null, "greater"), rel=1e-6), f"{of} does not mirror the p-values")


def _states_its_uncertainty(metric: Metric, dress: str, columns: Mapping[str, Any]) -> None:
    __tracebackhide__ = True
    candidate, baseline = arms(metric, N, **columns)
    before = [None if values is None else values.copy() for values in vars(candidate).values()]
    units = len(np.unique(GROUP)) if "group" in columns or metric.per_query else N
    calls: dict[str, Callable[[], Statistic]] = {
        "statistic": lambda: metric.statistic(candidate),
        "difference": lambda: metric.difference(candidate, baseline),
    }
    for word, call in calls.items():
        found, again, of = call(), call(), f"{metric.name}: {word}() on {dress}"
        expect_sound(found, of)
        expect(found.n_obs == units, f"{of}: n_obs is {found.n_obs}, and there are {units} independent {'groups' if 'group' in columns else 'rows'}")
        same = (found.value, found.standard_error, found.interval(0.9)) == (again.value, again.standard_error, again.interval(0.9))
        expect(same, f"{of}: asked twice, it answers differently")
    value, stated = metric.value(candidate), metric.statistic(candidate).value
    expect(near(value, stated), f"{metric.name} on {dress}: value() is {value:g}, statistic().value is {stated:g}")
    kept = all(one is None or np.array_equal(one, other) for one, other in zip(before, vars(candidate).values(), strict=True))
    expect(kept, f"{metric.name}: it changes the arrays it is given")


def _learns_nothing_from_copies(metric: Metric) -> None:
    """Rows repeated within groups are no new rows; without groups they are."""
    __tracebackhide__ = True
    models, times = arms(metric, 300), 10
    once = metric.difference(*models).standard_error
    many = metric.difference(*(repeated(one, times) for one in models)).standard_error
    expect(
        near(many * math.sqrt(times), once, rel=COPIES), f"{metric.name}: ten times the rows change the standard error from {once:.3g} to {many:.3g}"
    )
    if _takes(metric, "rows with groups", DRESSES["rows with groups"]):
        of = np.repeat(np.arange(300) // (PER_QUERY if metric.per_query else 1), times)
        grouped = metric.difference(*(repeated(one, times, group=of) for one in models)).standard_error
        expect(
            near(grouped, once, rel=COPIES),
            f"{metric.name}: ten copies of each row in one group prove more than the row: {grouped:.3g} for {once:.3g}",
        )


def _weighs(metric: Metric) -> None:
    __tracebackhide__ = True
    if not _takes(metric, "rows with weights", DRESSES["rows with weights"]):
        return
    plain, same = metric.difference(*arms(metric, N)), metric.difference(*arms(metric, N, weight=np.full(N, 3.0)))
    unchanged = near(plain.value, same.value) and near(plain.standard_error, same.standard_error, rel=0.02)
    expect(unchanged, f"{metric.name}: one weight for all rows changes the difference or its standard error")
    one, _ = arms(metric, 300)
    twice = np.repeat([1.0, 2.0], 150)
    rows = np.repeat(np.arange(300), twice.astype(int))
    heavy, doubled = metric.value(replace(one, weight=twice)), metric.value(one.at(rows))
    expect(near(heavy, doubled), f"{metric.name}: a weight of 2 is not the row twice: {heavy:g} and {doubled:g}")


def _counts(metric: Metric) -> None:
    __tracebackhide__ = True
    if not metric.counted:
        return
    rows = arms(metric, N)
    cells = counted(*rows)
    for word, raw, told in (
        ("statistic()", metric.statistic(rows[0]), metric.statistic(counted(rows[0])[0])),
        ("difference()", metric.difference(*rows), metric.difference(cells[0], cells[1])),
    ):
        same = near(raw.value, told.value) and near(raw.standard_error, told.standard_error, rel=1e-6) and raw.n_obs == told.n_obs
        expect(same, f"{metric.name}: it says `counted`, but {word} of counted rows is not that of the same rows one by one")


def _reads_text(metric: Metric) -> None:
    """Labels of classes may be text."""
    __tracebackhide__ = True
    if metric.labels != "classes" or metric.needs != "prediction":
        return
    y = np.array(["ash", "fir", "oak"] * 100, dtype=object)
    poor = np.where(np.arange(300) % 7 == 0, "ash", y)
    value = _value(metric, sample(y, poor), "a prediction of three classes in text")
    stated = metric.statistic(sample(y, poor)).value
    expect(near(value, stated), f"{metric.name}: of classes in text value() is {value:g} and statistic().value {stated:g}")


def _spreads_as_it_says(metric: Metric) -> None:
    """Of two models that err on the same rows, which a standard error for models on rows of their own would miss."""
    __tracebackhide__ = True
    found = [metric.difference(*arms(metric, 400, noise=(0.3, 0.4), shared=0.8, seed=seed)) for seed in range(FRESH)]
    spread = float(np.std([one.value for one in found], ddof=1))
    stated = float(np.mean([one.standard_error for one in found]))
    expect(
        near(stated, spread, rel=SPREAD),
        f"{metric.name}: a difference says its standard error is {stated:.3g}, but over {FRESH} fresh samples it spreads by {spread:.3g}",
    )


def _survives_one_class(metric: Metric) -> None:
    """Of one class a metric has a value, or says why not; NaN is neither."""
    __tracebackhide__ = True
    if metric.labels == "numbers":
        return
    for label in (0.0, 1.0):
        one = answered(metric, np.full(50, label), np.arange(50) % 2 if metric.needs == "prediction" else np.linspace(0, 1, 50))
        try:
            value = attempt(partial(metric.value, one), f"{metric.name}: breaks where all labels are {label:g}")
        except MeasurementError:
            continue
        expect(math.isfinite(value), f"{metric.name}: where all labels are {label:g} the value is {value}; raise a MeasurementError that says why")
