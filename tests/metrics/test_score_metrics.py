"""ROC AUC, log loss and Brier score: what they refuse, flag, and how weights and groups enter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.marked import written
from mlgate.core.registry import load
from mlgate.testing.samples import arms, sample


def metric(name):
    return load("metrics", name)()


@pytest.mark.parametrize("labels", [[0, 0, 0], [1, 1, 1]])
def test_roc_auc_of_one_class_is_an_error_of_the_data(labels):
    with pytest.raises(MeasurementError, match=r"roc_auc is not defined: no label is (positive|negative) among 3 rows") as caught:
        metric("roc_auc").statistic(sample(labels, y_score=[0.1, 0.2, 0.3]))
    assert caught.value.cause == "data"


def test_a_class_whose_rows_all_weigh_nothing_is_no_class():
    with pytest.raises(MeasurementError, match="no label is positive among 2 rows"):
        metric("roc_auc").value(sample([0, 1, 0], y_score=[0.1, 0.2, 0.3], weight=[1, 0, 1]))


def test_fewer_than_25_rows_of_a_class_are_flagged():
    y = np.array([1.0] * 24 + [0.0] * 100)
    score = np.random.default_rng(0).random(124)
    for columns in ({}, {"group": np.arange(124)}, {"weight": np.ones(124)}):
        (flag,) = metric("roc_auc").statistic(sample(y, y_score=score, **columns)).flags
        assert "24" in flag
        assert "25" in flag


@pytest.mark.parametrize("name", ["log_loss", "brier"])
def test_scores_that_are_no_probabilities_are_an_error_of_the_model(name):
    with pytest.raises(MeasurementError) as caught:
        metric(name).value(sample([0, 1, 0, 1], y_score=[-3, 0.5, 0.2, 1.5]))
    assert written(caught.value.what).endswith("2 of 4 scores lie outside [0, 1], such as -3")
    assert caught.value.cause == "model"
    assert "predict_proba" in caught.value.fix


def test_roc_auc_takes_any_score_that_orders_rows():
    probability = arms(metric("roc_auc"))[0]
    logit = sample(probability.y_true, y_score=np.log(probability.y_score / (1 - probability.y_score)))
    assert metric("roc_auc").value(logit) == pytest.approx(metric("roc_auc").value(probability), abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5), st.integers(1, 4)), min_size=2, max_size=30))
def test_a_whole_weight_is_as_many_copies_of_the_row(rows):
    rows += [(0, 2, 1), (1, 3, 1)]
    y, score, weight = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    copies = weight.astype(int)
    weighted = metric("roc_auc").value(sample(y, y_score=score, weight=weight))
    assert weighted == pytest.approx(metric("roc_auc").value(sample(np.repeat(y, copies), y_score=np.repeat(score, copies))), abs=1e-12)


def test_weighted_influence_has_mean_zero_and_predicts_the_effect_of_one_row():
    candidate, _ = arms(metric("roc_auc"), n=500, weight=np.random.default_rng(2).uniform(0.5, 2, 500))
    influence = metric("roc_auc").influence(candidate)
    kept = np.arange(500) != 7
    without = sample(candidate.y_true[kept], y_score=candidate.y_score[kept], weight=candidate.weight[kept])
    moved = metric("roc_auc").value(candidate) - metric("roc_auc").value(without)
    assert influence.mean() == pytest.approx(0, abs=1e-12)
    assert moved == pytest.approx(influence[7] / 500, rel=0.05)


@pytest.mark.parametrize("name", ["log_loss", "brier"])
def test_one_class_is_still_a_loss(name):
    assert metric(name).value(sample([1, 1], y_score=[0.5, 0.5])) == pytest.approx({"log_loss": np.log(2), "brier": 0.25}[name])


def test_a_few_certain_and_wrong_rows_make_a_pass_inconclusive():
    rng = np.random.default_rng(4)
    y = rng.integers(0, 2, 1000).astype(float)
    score = np.where(y == 1, 0.9, 0.1)
    score[:2] = 1 - y[:2]
    assert any("dominate" in flag for flag in metric("log_loss").statistic(sample(y, y_score=score)).flags)


@pytest.mark.parametrize("name", ["mae", "rmse"])
def test_a_perfect_regression_has_no_error(name):
    perfect = sample([1.5, 2.5, 9.0] * 20, y_pred=[1.5, 2.5, 9.0] * 20)
    assert metric(name).statistic(perfect).value == 0.0
    assert metric(name).difference(perfect, perfect).value == 0.0


def test_the_rmse_interval_reaches_further_up_where_squared_errors_are_skewed():
    rng = np.random.default_rng(5)
    y = rng.normal(0, 1, 500)
    statistic = metric("rmse").statistic(sample(y, y_pred=y + rng.lognormal(0, 0.8, 500)))
    interval = statistic.interval(0.9)
    assert interval.high - statistic.value > 1.1 * (statistic.value - interval.low)
