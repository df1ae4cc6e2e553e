"""Kind `calibration`: what it asks, what it claims, and what it says before it is run."""

import numpy as np
import pytest
from fake_engine import FakeEngine

from mlgate.checks import Calibration
from mlgate.core.check import item_ids
from mlgate.core.request import Rows
from mlgate.core.view import View
from mlgate.stats.calibration import CalibrationError
from mlgate.stats.mean import HallMean
from mlgate.stats.normal import NormalEstimate

ALL = {
    "error": {"at_most": 0.05},
    "mean": {"between": [-0.02, 0.02]},
    "slope": {"between": [0.8, 1.2]},
    "spiegelhalter": {"at_most": 0.01},
}


def world(n=4000, seed=1, **columns):
    rng = np.random.default_rng(seed)
    score = rng.beta(2, 3, n)
    return FakeEngine({"y": (rng.random(n) < score).astype(int), **columns}, {"candidate": {"score": score}})


def test_each_bound_is_an_item_and_all_read_the_same_rows():
    check = Calibration(id="c", of="candidate", **ALL)
    assert item_ids(check) == ("c.error", "c.mean", "c.slope", "c.spiegelhalter")
    asked = {request for _, item in check.parts() for request in item.requests(world().scope)}
    assert asked == {Rows(("y", "score"), View("holdout", model="candidate"))}


@pytest.mark.parametrize(
    ("part", "kind", "truth"),
    [("error", CalibrationError, 0.0), ("mean", HallMean, 0.0), ("slope", NormalEstimate, 1.0), ("spiegelhalter", HallMean, 0.0)],
)
def test_the_intervals_hold_what_is_true_of_right_probabilities(part, kind, truth):
    (claim,) = world().claims(Calibration(id="c", of="candidate", **ALL), part)
    assert isinstance(claim.statistic, kind)
    interval = claim.statistic.interval(0.99)
    assert interval.low <= truth <= interval.high


def test_spiegelhalters_z_is_his_formula():
    """Spiegelhalter (1986), eq. for the two-class Brier score, in plain terms."""
    engine = world()
    p, y = engine.models["candidate"].score, engine.rows.y
    z = ((y - p) * (1 - 2 * p)).sum() / np.sqrt(((1 - 2 * p) ** 2 * p * (1 - p)).sum())
    (claim,) = engine.claims(Calibration(id="c", of="candidate", **ALL), "spiegelhalter")
    assert claim.seen == f"Spiegelhalter's z = {z:.3g}"
    assert claim.statistic.value == pytest.approx(((y - p) ** 2).mean() - (p * (1 - p)).mean())


def test_the_table_of_bins_stands_in_the_details():
    (claim,) = world().claims(Calibration(id="c", of="candidate", bins=10, **ALL), "error")
    lines = [line for line in claim.details if "predicted" in line]
    assert len(lines) == 10
    assert all(line.endswith("n = 400") for line in lines)
    (claim,) = world().claims(Calibration(id="c", of="candidate", bins=40, **ALL), "error")
    assert claim.details[-1] == "and 20 bins where they are closer"


@pytest.mark.parametrize("part", list(ALL))
def test_units_of_rows_widen_every_interval(part):
    engine = world(800)
    rows = engine.rows.loc[engine.rows.index.repeat(5)].reset_index(drop=True).assign(user=np.repeat(np.arange(800), 5))
    copied = FakeEngine(rows, {"candidate": {"score": np.repeat(engine.models["candidate"].score.to_numpy(), 5)}}, group="user")
    check = Calibration(id="c", of="candidate", **ALL)
    (single,), (five,) = engine.claims(check, part), copied.claims(check, part)
    one, other = single.statistic.interval(0.9), five.statistic.interval(0.9)
    assert other.high - other.low == pytest.approx(one.high - one.low, rel=0.25)
    assert five.statistic.n_obs == 800


def test_the_plan_says_how_many_rows_show_a_small_error():
    assert Calibration(id="c", of="candidate", error={"at_most": 0.05}).required_rows(alpha=0.05, power=0.9).startswith("2,")
    assert "known after the first run" in Calibration(id="c", of="candidate", mean={"at_most": 0.05}).required_rows(alpha=0.05, power=0.9)
