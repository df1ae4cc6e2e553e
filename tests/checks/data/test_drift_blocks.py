"""Drift of rows in blocks, through the engine: counted value by value, and in cells where there are many rows."""

import numpy as np
import pandas as pd
import pytest

from mlgate.checks.data.drift import Drift
from mlgate.core.gate import Dataset, Gate, Policy
from mlgate.core.verdict import Outcome
from mlgate.run.gate_run import run_gate


def logs(seed, rows, *, days=30, first="2024-01-01", shift=0.0):
    """A number and a category with a level of each day, in no order of time."""
    rng = np.random.default_rng(seed)
    day = rng.integers(days, size=rows)
    levels = np.random.default_rng(seed + 100).normal(size=days)
    x = 0.5 * levels[day] + rng.normal(size=rows) + shift
    time = pd.Timestamp(first) + pd.to_timedelta(day * 24 + rng.integers(24, size=rows), unit="h")
    return pd.DataFrame({"time": time, "store": day, "x": x, "level": np.where(x + rng.normal(size=rows) > 0, "high", "low")})


def verdicts(now, then, **keys):
    check = Drift(id="d", of="now", against="then", **{"columns": ("x", "level"), **keys})
    datasets = {"now": Dataset(frame=now, time="time"), "then": Dataset(frame=then, time="time")}
    gate = Gate("g", ".", "", Policy(), datasets, {}, (check,))
    return {verdict.item.removeprefix("d."): verdict for verdict in run_gate(gate).verdicts}


@pytest.mark.parametrize("rows", [100_000, 300_000], ids=["values", "cells"])
@pytest.mark.parametrize("distance", ["ks", "psi"])
def test_days_that_differ_fail_as_rows_and_not_as_days(rows, distance):
    frames = logs(3, rows), logs(4, rows, first="2024-03-01")
    at_most = {"ks": 0.02, "psi": 0.005}[distance]
    assert verdicts(*frames, columns=("x",), distance=distance, at_most=at_most)["x"].outcome is Outcome.FAIL
    by_day = verdicts(*frames, columns=("x",), distance=distance, at_most=at_most, blocks="day")["x"]
    assert by_day.outcome is Outcome.INCONCLUSIVE
    assert any(f"now: n = {rows:,} rows in 30 days, design effect" in line for line in by_day.details)


@pytest.mark.parametrize("rows", [20_000, 300_000], ids=["values", "cells"])
def test_a_shift_of_all_days_fails(rows):
    found = verdicts(logs(1, rows, shift=1.5), logs(2, rows), blocks="day")
    assert {name: verdict.outcome for name, verdict in found.items()} == {"x": Outcome.FAIL, "level": Outcome.FAIL}


def test_a_column_of_blocks_gives_what_the_days_give():
    frames = logs(1, 20_000), logs(2, 20_000)
    by_day, by_store = (verdicts(*frames, blocks=blocks)["x"].parts[0][2] for blocks in ("day", "store"))
    assert by_store.value == pytest.approx(by_day.value)
    assert by_store.n_obs == pytest.approx(by_day.n_obs, rel=0.25)  # two stores may fall into one set


def test_weeks_are_fewer_blocks_than_days_and_hours_are_more():
    frames = logs(1, 20_000), logs(2, 20_000)
    lines = {word: " ".join(verdicts(*frames, columns=("x",), blocks=word)["x"].details) for word in ("week", "hour")}
    assert "rows in 5 weeks" in lines["week"]
    assert "rows in 720 hours" in lines["hour"]
