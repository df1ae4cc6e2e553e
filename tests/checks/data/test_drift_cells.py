"""Drift of more rows than are counted value by value: what is counted in cells must give the verdict of the values."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mlgate.checks.data.drift import Drift
from mlgate.core.gate import Dataset, Gate, Policy
from mlgate.core.verdict import Outcome
from mlgate.run.gate_run import run_gate

ROWS = 300_000


@pytest.fixture(scope="module")
def frames():
    rng = np.random.default_rng(7)
    then = pd.DataFrame({"x": rng.normal(size=ROWS), "zeros": rng.exponential(size=ROWS) * (rng.random(ROWS) < 0.5), "n": rng.integers(0, 30, ROWS)})
    now = then.sample(frac=0.5, random_state=1).reset_index(drop=True)
    now["x"] += 0.3
    return now, then


def verdicts(frames, **keys):
    now, then = frames
    check = Drift(id="d", of="now", against="then", columns=("x", "zeros", "n"), **keys)
    gate = Gate("g", ".", "", Policy(), {"now": Dataset(frame=now), "then": Dataset(frame=then)}, {}, (check,))
    return {verdict.item.removeprefix("d."): verdict for verdict in run_gate(gate).verdicts}


@pytest.mark.parametrize("distance", ["ks", "psi", "wasserstein", "total_variation", "jensen_shannon"])
def test_the_column_that_moved_fails_and_the_others_pass(frames, distance):
    found = verdicts(frames, distance=distance, at_most=0.02)
    assert {name: verdict.outcome for name, verdict in found.items()} == {"x": Outcome.FAIL, "zeros": Outcome.PASS, "n": Outcome.PASS}


def test_the_distance_is_scipy_s_up_to_what_the_cells_hide(frames):
    now, then = frames
    estimate = verdicts(frames, at_most=0.02)["x"].parts[0][2]
    assert estimate.value == pytest.approx(stats.ks_2samp(now.x, then.x).statistic, abs=0.003)


def test_a_column_of_few_values_loses_nothing_to_the_cells(frames):
    now, then = frames
    verdict = verdicts(frames, at_most=0.02)["n"]
    assert verdict.parts[0][2].value == pytest.approx(stats.ks_2samp(now.n, then.n).statistic, abs=1e-12)
    assert not any("cells" in line for line in verdict.details)


def test_a_column_of_ids_is_an_error_that_says_so():
    many = pd.DataFrame({"id": np.arange(1_100_000).astype(str)})
    check = Drift(id="d", of="now", against="then", columns=("id",))
    gate = Gate("g", ".", "", Policy(), {"now": Dataset(frame=many), "then": Dataset(frame=many)}, {}, (check,))
    (verdict,) = run_gate(gate).verdicts
    assert verdict.outcome is Outcome.ERROR
    assert "more than 1,048,576 distinct values" in verdict.reason
