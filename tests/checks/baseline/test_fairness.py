"""Kind `fairness`: what it asks, rows that belong to units, and what it says before it is run."""

import numpy as np
import pytest
from fake_engine import FakeEngine

from mlgate.checks import Fairness
from mlgate.core.gate import Dataset
from mlgate.core.request import Counts, Rows
from mlgate.core.view import View
from mlgate.stats.gap_change import GapChange
from mlgate.stats.largest import Largest, Smallest

RATES = ["selection", "tpr", "fnr", "fpr", "tnr", "ppv", "npv", "accuracy"]


def fairness(**keys):
    keys = {"rate": "tpr", "gap": {"at_most": 0.1}, **keys}
    return Fairness(id="c", of="candidate", by="sex", **{key: value for key, value in keys.items() if value is not None})


def world(n=3000, seed=1, **columns):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    answers = {name: {"prediction": np.where(rng.random(n) < right, y, 1 - y)} for name, right in (("candidate", 0.8), ("production", 0.75))}
    return FakeEngine({"y": y, "sex": rng.choice(["F", "M", "X"], n, p=[0.5, 0.4, 0.1]), **columns}, answers)


def rate_by_hand(name, truth, answer):
    table = {
        "selection": answer,
        "tpr": answer[truth == 1],
        "fnr": 1 - answer[truth == 1],
        "fpr": answer[truth == 0],
        "tnr": 1 - answer[truth == 0],
        "ppv": truth[answer == 1],
        "npv": 1 - truth[answer == 0],
        "accuracy": (truth == answer).astype(int),
    }
    return table[name].mean()


def test_rates_are_counted_by_the_engine_and_pull_no_row():
    (request,) = fairness().requests(world().scope)
    assert request == Counts(("sex", "y", "prediction"), View("holdout", model="candidate"))


def test_selection_does_not_read_the_label():
    (request,) = fairness(rate="selection").requests(world().scope)
    assert request == Counts(("sex", "prediction"), View("holdout", model="candidate"))


def test_rows_of_units_are_read_as_rows():
    (request,) = fairness(groups="user", against="production", gap=None, no_worse_by=0.02).requests(world(user=np.arange(3000) // 10).scope)
    assert request == Rows(("sex", "y", "prediction", "baseline_prediction", "user"), View("holdout", model="candidate", baseline="production"))


@pytest.mark.parametrize("rate", RATES)
def test_the_gap_is_that_between_the_groups_furthest_apart(rate):
    engine = world()
    frame = engine.rows.assign(prediction=engine.models["candidate"].prediction)
    by_hand = [rate_by_hand(rate, own.y.to_numpy(), own.prediction.to_numpy()) for _, own in frame.groupby("sex")]
    claim = engine.claim(fairness(rate=rate))
    assert isinstance(claim.statistic, Largest)
    assert claim.statistic.value == pytest.approx(max(by_hand) - min(by_hand))
    ratio = engine.claim(fairness(rate=rate, gap=None, ratio={"at_least": 0.8})).statistic
    assert isinstance(ratio, Smallest)
    assert ratio.value == pytest.approx(min(by_hand) / max(by_hand))


def test_against_compares_the_gaps_of_both_models():
    engine = world()
    claim = engine.claim(fairness(rate="accuracy", gap=None, against="production", no_worse_by=0.02))
    gaps = []
    for name in ("candidate", "production"):
        right = (engine.models[name].prediction == engine.rows.y).groupby(engine.rows.sex).mean()
        gaps.append(right.max() - right.min())
    assert isinstance(claim.statistic, GapChange)
    assert claim.statistic.value == pytest.approx(gaps[0] - gaps[1])
    assert (claim.low, claim.high, claim.null) == (None, 0.02, 0.0)


def test_a_metric_and_the_rate_of_that_name_agree():
    engine = world()
    by_rate, by_metric = engine.claim(fairness(rate="accuracy")).statistic, engine.claim(fairness(rate=None, metric="accuracy")).statistic
    assert by_metric == by_rate


@pytest.mark.parametrize("rate", ["selection", "tpr"])
def test_copies_of_a_row_count_once_where_they_are_one_unit(rate):
    single = world(1500)
    rows = single.rows.loc[single.rows.index.repeat(4)].assign(user=np.repeat(np.arange(1500), 4))
    copied = FakeEngine(rows.reset_index(drop=True), {"candidate": {"prediction": np.repeat(single.models["candidate"].prediction.to_numpy(), 4)}})
    copied.datasets["holdout"] = Dataset(path="holdout.parquet", label="y", group="user")
    own, other = single.claim(fairness(rate=rate)).statistic.interval(0.9), copied.claim(fairness(rate=rate)).statistic.interval(0.9)
    assert (other.low, other.high) == pytest.approx((own.low, own.high), abs=0.003)


def test_the_paired_error_of_copies_is_that_of_single_rows_too():
    single = world(1500)
    check = fairness(gap=None, against="production", no_worse_by=0.02)
    rows = single.rows.loc[single.rows.index.repeat(4)].assign(user=np.repeat(np.arange(1500), 4)).reset_index(drop=True)
    answers = {name: {"prediction": np.repeat(frame.prediction.to_numpy(), 4)} for name, frame in single.models.items()}
    copied = FakeEngine(rows, answers, group="user")
    assert copied.claim(check).statistic.standard_error == pytest.approx(single.claim(check).statistic.standard_error, rel=0.02)


def test_few_units_of_a_group_are_flagged():
    engine = world(user=np.where(np.arange(3000) % 3 == 0, 0, np.arange(3000) % 4))
    claim = engine.claim(fairness(groups="user", gap=None, against="production", no_worse_by=0.02))
    assert claim.statistic.flags == ("4 groups are too few (at least 5)",)


def test_the_plan_says_how_many_rows_a_group_needs():
    assert fairness().required_rows(alpha=0.05, power=0.9).startswith("429 rows in each of two groups that bear on tpr")
    assert "known after the first run" in fairness(rate=None, metric="brier").required_rows(alpha=0.05, power=0.9)
