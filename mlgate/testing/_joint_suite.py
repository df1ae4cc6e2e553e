"""The suite of distances between several columns together, which need rows and a probe."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from mlgate.core.distance import JointDistance
from mlgate.core.registry import load
from mlgate.core.request import Rows
from mlgate.core.statistic import Nothing, Statistic
from mlgate.core.view import View
from mlgate.testing._expect import attempt, expect
from mlgate.testing._sound import expect_sound


def check_joint_distance(distance: JointDistance) -> None:
    """Raises `AssertionError` where it finds a difference in rows of one population, misses a plain one, or answers differently when asked twice."""
    __tracebackhide__ = True
    of = distance.name
    expect((type(distance).__doc__ or "").strip(), f"{of}: no docstring; its first line says what the distance measures")
    positive = isinstance(distance.default_at_most, (int, float)) and 0 < distance.default_at_most < math.inf
    expect(positive, f"{of}: default_at_most is {distance.default_at_most!r}, expected a tolerance above 0")
    expect(distance.sample_rows > 0, f"{of}: sample_rows is {distance.sample_rows!r}")
    tolerance = distance.default_at_most
    alike, moved, turned = (_measured(distance, _frame(1, 0.0, sign=1), _frame(2, shift, sign=sign)) for shift, sign in ((0, 1), (2.0, 1), (0, -1)))
    for answer, what in ((alike, "rows alike"), (moved, "moved rows"), (turned, "rows whose columns go together differently")):
        statistic = _statistic(distance, answer, what)
        expect_sound(statistic, f"{of}, {what}")
        floor = attempt(partial(distance.noise_floor, answer, 0.05), f"{of}: noise_floor() breaks on {what}")
        expect(math.isfinite(floor), f"{of}: the noise floor of {what} is {floor}")
        lines = attempt(partial(distance.details, answer), f"{of}: details() breaks on {what}")
        expect(all(isinstance(line, str) and line for line in lines), f"{of}: details() gives sentences, got {lines!r}")
    passing = _statistic(distance, alike, "rows alike").pvalue(tolerance, "less")
    expect(passing < 0.05, f"{of}: 2,000 rows of one population do not pass the default tolerance {tolerance:g}, p is {passing:.3g}")
    failing = _statistic(distance, moved, "moved rows").pvalue(tolerance, "greater")
    expect(failing < 0.001, f"{of}: rows that moved by two standard deviations do not fail, p is {failing:.3g}")
    joint = _statistic(distance, turned, "turned rows").pvalue(tolerance, "greater")
    expect(joint < 0.001, f"{of}: a correlation that turned round is not seen, p is {joint:.3g}; what a single column shows needs no joint distance")
    again = _statistic(distance, _measured(distance, _frame(1, 0.0, sign=1), _frame(2, 2.0, sign=1)), "moved rows")
    expect(again.value == _statistic(distance, moved, "moved rows").value, f"{of}: asked twice with one seed, it answers differently")
    few = distance.statistic(_measured(distance, _frame(1, 0.0, sign=1, rows=1), _frame(2, 0.0, sign=1)))
    expect(isinstance(few, Nothing) or few.pvalue(tolerance, "less") > 0.05, f"{of}: one row passes")


def _frame(seed: int, shift: float, *, sign: int, rows: int = 2000) -> Any:
    """Two numbers that go together (or against each other, `sign` -1), and a category that goes with neither."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    first = rng.normal(size=rows)
    second = sign * 0.9 * first + math.sqrt(1 - 0.81) * rng.normal(size=rows)
    return pd.DataFrame({"a": first + shift, "b": second + shift, "level": rng.choice(["u", "v", "w"], size=rows)})


def _measured(distance: JointDistance, reference: Any, current: Any) -> Any:
    __tracebackhide__ = True
    columns = tuple(current.columns)
    probe = distance.request(Rows(columns, View("current")), Rows(columns, View("reference")), seed=1, grouped=False)
    return attempt(lambda: load("probes", probe.name)().answer(probe, [current, reference]), f"{distance.name}: its probe breaks")


def _statistic(distance: JointDistance, answer: Any, what: str) -> Statistic:
    __tracebackhide__ = True
    found = attempt(lambda: distance.statistic(answer), f"{distance.name}: statistic() breaks on {what}")
    expect(not isinstance(found, Nothing), f"{distance.name}: says nothing of 2,000 {what}")
    assert isinstance(found, Statistic)
    return found
