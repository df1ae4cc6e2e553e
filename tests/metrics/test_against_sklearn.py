"""Point estimates against scikit-learn, an independent implementation, to 1e-12."""

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.registry import load
from mlgate.testing.samples import sample

CLASSIFIED = {
    "accuracy": reference.accuracy_score,
    "f1": reference.f1_score,
    "precision": reference.precision_score,
    "recall": reference.recall_score,
}
SCORED = {"roc_auc": reference.roc_auc_score, "log_loss": reference.log_loss, "brier": reference.brier_score_loss}
PREDICTED = {"mae": reference.mean_absolute_error, "rmse": reference.root_mean_squared_error}


def metric(name):
    return load("metrics", name)()


@st.composite
def rows(draw, *, labels, answers):
    n = draw(st.integers(2, 40))
    y = draw(st.lists(labels, min_size=n, max_size=n))
    answer = draw(st.lists(answers, min_size=n, max_size=n))
    weight = draw(st.none() | st.lists(st.floats(0.01, 100), min_size=n, max_size=n))
    return np.array(y, dtype=float), np.array(answer, dtype=float), None if weight is None else np.array(weight)


bits = st.integers(0, 1)
both = pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")


@both
@pytest.mark.parametrize("name", CLASSIFIED)
@given(data=rows(labels=bits, answers=bits))
def test_counted_metrics_equal_sklearn(name, data):
    y, predicted, weight = data
    y[0] = 1
    expected = CLASSIFIED[name](y, predicted, sample_weight=weight)
    assert metric(name).value(sample(y, y_pred=predicted, weight=weight)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", SCORED)
@given(data=rows(labels=bits, answers=st.floats(0, 1) | st.sampled_from([0.0, 0.25, 0.5, 1.0])))
def test_scored_metrics_equal_sklearn_with_ties_and_certain_scores(name, data):
    y, score, weight = data
    y[:2] = 0, 1
    expected = SCORED[name](y, score, sample_weight=weight)
    assert metric(name).value(sample(y, y_score=score, weight=weight)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", PREDICTED)
@given(data=rows(labels=st.floats(-1e6, 1e6), answers=st.floats(-1e6, 1e6)))
def test_errors_of_regression_equal_sklearn(name, data):
    y, predicted, weight = data
    expected = PREDICTED[name](y, predicted, sample_weight=weight)
    assert metric(name).value(sample(y, y_pred=predicted, weight=weight)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=50))
def test_accuracy_takes_any_number_of_classes_and_strings(pairs):
    y, predicted = zip(*pairs, strict=True)
    assert metric("accuracy").value(sample(y, y_pred=predicted)) == pytest.approx(reference.accuracy_score(y, predicted), abs=1e-12)


@settings(max_examples=30)
@pytest.mark.parametrize("name", ["accuracy", "f1", "precision", "recall", "brier", "mae", "rmse"])
@given(st.lists(st.tuples(bits, bits, st.integers(1, 50)), min_size=2, max_size=8))
def test_counted_cells_say_the_same_as_the_rows_they_stand_for(name, cells):
    cells.append((1, 1, 3))
    y, answer, count = (np.array(part) for part in zip(*cells, strict=True))
    counted = sample(y, y_pred=answer, y_score=answer, count=count)
    rows = sample(np.repeat(y, count), y_pred=np.repeat(answer, count), y_score=np.repeat(answer, count))
    assert metric(name).value(counted) == pytest.approx(metric(name).value(rows), rel=1e-12)
    ours, theirs = metric(name).statistic(counted), metric(name).statistic(rows)
    assert (ours.n_obs, ours.standard_error) == (theirs.n_obs, pytest.approx(theirs.standard_error, rel=1e-9))


def test_a_certain_wrong_row_costs_what_sklearn_says():
    assert metric("log_loss").value(sample([1, 0], y_score=[0.0, 0.0])) == pytest.approx(reference.log_loss([1, 0], [0.0, 0.0]), rel=1e-12)


def test_no_positive_prediction_is_a_precision_of_zero_as_in_sklearn():
    assert metric("precision").value(sample([1, 0, 1], y_pred=[0, 0, 0])) == 0.0
