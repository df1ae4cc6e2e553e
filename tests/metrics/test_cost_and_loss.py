"""What errors cost: by a matrix, and by a loss that the gate file computes."""

import numpy as np
import pytest
import sklearn.metrics as reference

from mlgate.core.errors import MeasurementError
from mlgate.core.registry import load
from mlgate.stats.mean import HallMean
from mlgate.testing import check_metric
from mlgate.testing.samples import counted, sample


def cost(**words):
    return load("metrics", "cost")(cost=words)


def nested(matrix):
    return load("metrics", "cost")(cost=matrix)


LOSS = load("metrics", "loss")()


def classified(n=400, *, seed=0, classes=2, right=(0.9, 0.85)):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n)
    return tuple(sample(y, np.where(rng.random(n) < one, y, rng.integers(0, classes, n))) for one in right)


def test_a_matrix_of_ones_is_the_share_of_errors_of_sklearn():
    one, _ = classified()
    assert cost(FN=1, FP=1).value(one) == pytest.approx(1 - reference.accuracy_score(one.y_true, one.y_pred), rel=1e-12)


def test_each_cell_has_its_cost():
    one = sample([1, 1, 1, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0, 0])
    assert cost(TP=-2, FN=5, FP=1, TN=0.5).value(one) == pytest.approx((-2 + 2 * 5 + 1 + 3 * 0.5) / 7)
    assert cost(FN=5).value(one) == pytest.approx(10 / 7)


def test_classes_in_text_have_a_matrix_by_name():
    one = sample(["a", "a", "b", "c"], ["a", "b", "c", "a"])
    matrix = {"a": {"b": 2, "c": 1}, "b": {"a": 1, "c": 3}, "c": {"a": 4, "b": 1}}
    assert nested(matrix).value(one) == pytest.approx((0 + 2 + 3 + 4) / 4)


def test_numbers_and_booleans_are_named_as_they_are_written_in_yaml():
    one = sample([1, 1, 0], [1, 0, 1])
    for matrix in ({1: {0: 6}, 0: {1: 3}}, {True: {False: 6}, False: {True: 3}}, {1.0: {0.0: 6}, 0.0: {1.0: 3}}):
        assert nested(matrix).value(one) == pytest.approx(3)


def test_a_wrong_prediction_without_a_cost_is_an_error():
    with pytest.raises(MeasurementError, match="cost says nothing of 1 pairs") as caught:
        nested({"a": {"b": 1}}).value(sample(["a", "b"], ["b", "a"]))
    assert caught.value.cause == "configuration"


def test_the_interval_is_halls_of_the_costs_row_by_row():
    candidate, baseline = classified()
    costs = [5 * ((arm.y_true == 1) & (arm.y_pred == 0)) + 1.0 * ((arm.y_true == 0) & (arm.y_pred == 1)) for arm in (candidate, baseline)]
    found, expected = cost(FN=5, FP=1).difference(candidate, baseline, ratio=0.9), HallMean.of(costs[0] - 0.9 * costs[1])
    assert (found.value, found.std, found.skewness) == pytest.approx((expected.value, expected.std, expected.skewness))
    of_cells = cost(FN=5, FP=1).difference(*counted(candidate, baseline))
    assert of_cells.interval(0.9).low == pytest.approx(cost(FN=5, FP=1).difference(candidate, baseline).interval(0.9).low)


def test_identical_predictions_on_few_rows_do_not_prove_a_margin():
    y = np.resize([0.0, 1.0], 50)
    same = sample(y, y)
    assert cost(FN=5, FP=1).difference(same, same).interval(0.9).high > 0.05
    many = sample(np.repeat(y, 4000), np.repeat(y, 4000))
    assert cost(FN=5, FP=1).difference(many, many).interval(0.9).high < 0.001


def test_a_matrix_by_label_does_what_every_metric_must():
    trees = ("ash", "fir", "oak")
    check_metric(nested({0: {1: 1}, 1: {0: 4}, **{one: {other: 2 for other in trees if other != one} for one in trees}}))


def losses(values):
    return sample(np.zeros(len(values)), loss=values)


def test_the_mean_loss_is_sklearns_where_the_loss_is():
    rng = np.random.default_rng(0)
    y, predicted = rng.normal(size=100), rng.normal(size=100)
    assert LOSS.value(losses(np.abs(y - predicted))) == pytest.approx(reference.mean_absolute_error(y, predicted), rel=1e-12)


def test_losses_that_are_alike_on_few_rows_do_not_prove_a_margin():
    zeros = np.zeros(50)
    once = np.r_[1.0, zeros[1:]]
    assert LOSS.difference(losses(once), losses(once)).interval(0.9).high > 0.02
    many = np.r_[np.zeros(99_999), 1.0]
    assert LOSS.difference(losses(many), losses(many)).interval(0.9).high < 0.001


def test_losses_that_are_all_equal_are_never_passed():
    ones = losses(np.ones(50))
    for found in (LOSS.difference(ones, ones), LOSS.statistic(ones)):
        assert "all losses are equal" in found.flags[0]
