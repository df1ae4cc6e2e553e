"""Metrics that read a score for each class."""

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.registry import load
from mlgate.testing.samples import sample

CLASSES = np.array(["ash", "fir", "oak", "yew"])


def metric(name, **keys):
    return load("metrics", name)(**keys)


@st.composite
def scored(draw, *, ties=True):
    """Labels of four classes, each of which occurs, with a probability for each class in a row."""
    n = draw(st.integers(6, 30))
    y = CLASSES[draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))]
    y[:4] = CLASSES
    values = st.sampled_from([0.0, 1.0, 2.0, 5.0]) if ties else st.floats(0.01, 1)
    raw = np.array(draw(st.lists(st.lists(values, min_size=4, max_size=4), min_size=n, max_size=n))) + 0.001
    weight = draw(st.none() | st.lists(st.floats(0.01, 100), min_size=n, max_size=n))
    return y, raw / raw.sum(axis=1, keepdims=True), None if weight is None else np.array(weight)


def of(data, *, order=(0, 1, 2, 3)):
    """The sample, its score columns in another order than that of the classes."""
    y, scores, weight = data
    return sample(y, scores=scores[:, list(order)], classes=CLASSES[list(order)], weight=weight)


@given(data=scored())
def test_log_loss_of_several_classes_equals_sklearn(data):
    expected = reference.log_loss(data[0], y_proba=data[1], sample_weight=data[2])
    assert metric("log_loss").value(of(data, order=(2, 0, 3, 1))) == pytest.approx(expected, rel=1e-12)


@given(data=scored())
def test_brier_of_several_classes_equals_sklearn(data):
    expected = reference.brier_score_loss(data[0], y_proba=data[1], sample_weight=data[2], labels=CLASSES)
    assert metric("brier").value(of(data, order=(2, 0, 3, 1))) == pytest.approx(expected, rel=1e-12)


@given(data=scored())
@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_k_accuracy_equals_sklearn_with_ties(k, data):
    expected = reference.top_k_accuracy_score(data[0], data[1], k=k, sample_weight=data[2], labels=CLASSES)
    assert metric("top_k_accuracy", k=k).value(of(data, order=(2, 0, 3, 1))) == pytest.approx(expected, rel=1e-12)


@given(data=scored())
@pytest.mark.parametrize(("name", "average"), [("roc_auc_ovr", "macro"), ("roc_auc_ovr_weighted", "weighted")])
def test_roc_auc_one_versus_rest_equals_sklearn(name, average, data):
    expected = reference.roc_auc_score(data[0], data[1], multi_class="ovr", average=average, sample_weight=data[2])
    assert metric(name).value(of(data, order=(2, 0, 3, 1))) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", ["log_loss", "brier"])
def test_two_classes_by_name_are_the_score_of_the_second(name):
    rng = np.random.default_rng(0)
    y, score = rng.integers(0, 2, 50), rng.random(50)
    by_class = sample(y, scores=np.column_stack([score, 1 - score]), classes=[1.0, 0.0])
    assert metric(name).value(by_class) == pytest.approx(metric(name).value(sample(y, y_score=score)), rel=1e-12)


def probabilities(**changes):
    scores = np.full((6, 3), 1 / 3)
    for row, values in changes.items():
        scores[int(row[3:])] = values
    return sample(np.resize(["a", "b", "c"], 6), scores=scores, classes=["a", "b", "c"])


@pytest.mark.parametrize("name", ["log_loss", "brier"])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (probabilities(row0=[1.5, -0.3, -0.2], row4=[0, 0, 2]), r"2 of 6 scores lie outside \[0, 1\], such as .*1\.5"),
        (probabilities(row1=[0.5, 0.2, 0.2]), r"those of 1 of 6 rows do not sum to 1, but to .*0\.9"),
    ],
    ids=["outside", "sum"],
)
def test_scores_that_are_no_probabilities_are_an_error_of_the_model(name, bad, message):
    with pytest.raises(MeasurementError, match=message) as caught:
        metric(name).value(bad)
    assert caught.value.cause == "model"
    assert caught.value.fix


def test_rounding_to_single_precision_or_four_decimals_is_no_error():
    assert metric("brier").value(probabilities(row0=[0.3333, 0.3333, 0.3333])) > 0


@pytest.mark.parametrize("name", ["log_loss", "brier", "roc_auc_ovr"])
def test_a_label_that_the_model_has_no_score_for_is_an_error_of_the_model(name):
    one = sample(np.resize(["a", "b", "new"], 9), scores=np.full((9, 2), 0.5), classes=["a", "b"])
    with pytest.raises(MeasurementError, match="3 of 9 rows have a label that the model gives no score for") as caught:
        metric(name).statistic(one)
    assert caught.value.cause == "model"


def test_for_top_k_accuracy_such_a_row_is_wrong():
    scores = np.tile([0.9, 0.1], (9, 1))
    one = sample(np.resize(["a", "b", "new"], 9), scores=scores, classes=["a", "b"])
    assert metric("top_k_accuracy", k=1).value(one) == pytest.approx(1 / 3)
    assert metric("top_k_accuracy", k=2).value(one) == pytest.approx(2 / 3)


def test_a_class_without_a_row_has_no_area():
    one = sample(np.resize(["a", "b"], 8), scores=np.full((8, 3), 1 / 3), classes=["a", "b", "c"])
    with pytest.raises(MeasurementError, match="1 of 3 classes that the model scores have no row") as caught:
        metric("roc_auc_ovr").statistic(one)
    assert caught.value.cause == "data"


@pytest.mark.parametrize("name", ["roc_auc_ovr", "roc_auc_ovr_weighted"])
def test_constant_scores_have_an_area_of_one_half_and_are_not_proven_to_have_it(name):
    one = sample(np.resize(["a", "b", "c"], 90), scores=np.full((90, 3), 1 / 3), classes=["a", "b", "c"])
    found = metric(name).statistic(one)
    assert found.value == 0.5
    assert found.interval(0.9).high > 0.51


@pytest.mark.parametrize("name", ["roc_auc_ovr", "roc_auc_ovr_weighted"])
def test_the_influence_of_a_row_is_what_leaving_it_out_changes(name):
    rng = np.random.default_rng(3)
    y = rng.choice(3, 400, p=[0.5, 0.3, 0.2])
    scores = rng.random((400, 3)) + np.eye(3)[y] * 0.4
    weight = rng.uniform(0.5, 2, 400)
    one = sample(y, scores=scores, classes=[0.0, 1.0, 2.0], weight=weight)
    influence = metric(name).influence(one)
    assert influence.mean() == pytest.approx(0, abs=1e-12)
    for row in (0, 17, 200):
        moved = metric(name).value(one) - metric(name).value(one.at(np.delete(np.arange(400), row)))
        assert moved == pytest.approx(influence[row] / 400, rel=0.05, abs=2e-6)
