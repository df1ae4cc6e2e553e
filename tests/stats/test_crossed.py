"""Crossed random effects of training runs and evaluation rows."""

import math

import numpy as np
import pytest

from mlgate.core.errors import MeasurementError
from mlgate.stats.crossed import CrossedMean


def table(runs=4, rows=50, *, run=0.5, row=1.0, noise=0.3, seed=1):
    rng = np.random.default_rng(seed)
    return 0.2 + run * rng.normal(size=(runs, 1)) + row * rng.normal(size=(1, rows)) + noise * rng.normal(size=(runs, rows))


def mean_squares(values):
    """By the textbook's sums over cells (Searle, Casella and McCulloch 1992, table 4.8), in plain loops."""
    runs, rows = values.shape
    whole = values.sum() / (runs * rows)
    by_run = sum(rows * (values[s].sum() / rows - whole) ** 2 for s in range(runs)) / (runs - 1)
    by_row = sum(runs * (values[:, i].sum() / runs - whole) ** 2 for i in range(rows)) / (rows - 1)
    total = sum((values[s, i] - whole) ** 2 for s in range(runs) for i in range(rows))
    together = (total - by_run * (runs - 1) - by_row * (rows - 1)) / ((runs - 1) * (rows - 1))
    return by_run, by_row, together


def test_the_variance_adds_runs_and_rows_and_takes_off_their_interaction():
    values = table()
    by_run, by_row, together = mean_squares(values)
    found = CrossedMean.of(values)
    assert found.value == pytest.approx(values.mean())
    assert found.standard_error == pytest.approx(math.sqrt((by_run + by_row - together) / 200))
    df = (by_run + by_row - together) ** 2 / (by_run**2 / 3 + by_row**2 / 49 + together**2 / 147)
    assert found.df == pytest.approx(df)
    assert found.run_share == pytest.approx(by_run / (by_run + by_row))


def test_it_never_falls_below_what_runs_or_rows_alone_give():
    """Runs that are less alike than noise would make them: the interaction is larger than what is between runs."""
    values = table(row=0.0, noise=1.0, run=0.0)
    values -= values.mean(axis=1, keepdims=True)
    _, by_row, _ = mean_squares(values)
    assert CrossedMean.of(values).standard_error == pytest.approx(math.sqrt(by_row / 200))


def test_n_counts_what_scatters_more():
    assert CrossedMean.of(table(run=2.0, row=0.1)).n_obs == 4
    assert CrossedMean.of(table(run=0.0, row=1.0)).n_obs == 50


def test_rows_on_which_nothing_ever_differs_prove_nothing_of_0_1_outcomes():
    nothing = np.zeros((3, 50))
    assert CrossedMean.of(nothing, outcomes=True).standard_error == pytest.approx(math.sqrt(2 / 52 / 52))
    assert CrossedMean.of(nothing, outcomes=True).interval(0.9).low < -0.01
    assert CrossedMean.of(nothing).flags == ("the recipes differ by the same amount in every run and row",)


def test_few_runs_and_few_rows_are_flagged_and_one_is_an_error():
    assert CrossedMean.of(table(3, 30)).flags == ()
    assert [flag[:1] for flag in CrossedMean.of(table(2, 29)).flags] == ["2", "2"]
    with pytest.raises(MeasurementError, match="runs scatter"):
        CrossedMean.of(table(1, 30))
    with pytest.raises(MeasurementError, match="rows scatter"):
        CrossedMean.of(table(3, 1))
