"""Metrics of the confusion matrix of any number of classes."""

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.registry import load
from mlgate.metrics._confusion import coded
from mlgate.testing.samples import sample


def averaged(function, average):
    return lambda y, predicted, **keys: function(y, predicted, average=average, zero_division=0, **keys)


SKLEARN = {
    **{
        f"{word}_{average}": averaged(getattr(reference, f"{word}_score"), average)
        for word in ("f1", "precision", "recall")
        for average in ("macro", "micro", "weighted")
    },
    "balanced_accuracy": reference.balanced_accuracy_score,
    "mcc": reference.matthews_corrcoef,
    "cohen_kappa": reference.cohen_kappa_score,
}
SMOOTH = sorted(set(SKLEARN) - {"f1_micro", "precision_micro", "recall_micro", "recall_weighted"})
quiet = pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true", "ignore::sklearn.exceptions.UndefinedMetricWarning")


def metric(name):
    return load("metrics", name)()


@st.composite
def classified(draw, classes):
    n = draw(st.integers(2, 40))
    y, predicted = (draw(st.lists(st.sampled_from(classes), min_size=n, max_size=n)) for _ in range(2))
    y[:2] = classes[:2]
    weight = draw(st.none() | st.lists(st.floats(0.01, 100), min_size=n, max_size=n))
    return np.array(y), np.array(predicted), None if weight is None else np.array(weight)


@quiet
@pytest.mark.parametrize("name", SKLEARN)
@given(data=st.sampled_from([(0, 1), (0, 1, 2), (3, 7, 8, 9, 10), ("ash", "fir", "oak")]).flatmap(classified))
def test_it_equals_sklearn_with_weights_and_text(name, data):
    y, predicted, weight = data
    expected = SKLEARN[name](y, predicted, sample_weight=weight)
    assert metric(name).value(sample(y, predicted, weight=weight)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", ["specificity"])
@given(data=classified((0, 1)))
def test_specificity_equals_sklearns_recall_of_the_other_class(name, data):
    y, predicted, weight = data
    expected = reference.recall_score(y, predicted, pos_label=0, sample_weight=weight, zero_division=0)
    assert metric(name).value(sample(y, predicted, weight=weight)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def three_classes(n=600, *, seed=0, right=(0.8, 0.75), shares=(0.6, 0.3, 0.1), **columns):
    rng = np.random.default_rng(seed)
    y = rng.choice(3, n, p=shares)
    models = [np.where(rng.random(n) < one, y, rng.integers(0, 3, n)) for one in right]
    return tuple(sample(y, predicted, **columns) for predicted in models)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_gradient_is_the_change_of_the_metric_by_a_cell(name):
    one, _ = three_classes(60)
    confusion = coded((one,)).confusion(one, 0)
    found = metric(name).gradient(confusion)
    for place in np.ndindex(3, 3):
        step = np.zeros((3, 3))
        step[place] = 1e-5
        ends = [metric(name).of(type(confusion)(confusion.classes, confusion.cells + sign * step, confusion.occurs)) for sign in (1, -1)]
        assert found[place] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-9)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_error_is_that_of_leaving_rows_out_one_by_one(name):
    candidate, baseline = three_classes(400)
    left_out = []
    for row in range(400):
        kept = np.delete(np.arange(400), row)
        left_out.append(metric(name).value(candidate.at(kept)) - metric(name).value(baseline.at(kept)))
    jackknife = np.sqrt(399 * np.var(left_out))
    assert metric(name).difference(candidate, baseline).standard_error == pytest.approx(jackknife, rel=0.02)


@pytest.mark.parametrize("name", SMOOTH)
def test_text_and_numbers_give_one_statistic(name):
    numbers = three_classes(300)
    text = [sample([f"c{one:g}" for one in arm.y_true], [f"c{one:g}" for one in arm.y_pred]) for arm in numbers]
    assert metric(name).difference(*text) == metric(name).difference(*numbers)


@pytest.mark.parametrize("columns", [{}, {"group": np.arange(90)}, {"weight": np.ones(90)}], ids=["plain", "grouped", "weighted"])
@pytest.mark.parametrize("name", SMOOTH)
def test_identical_predictions_on_few_rows_do_not_prove_a_margin(name, columns):
    y = np.resize([0, 1, 2], 90)
    predicted = np.where(np.arange(90) % 10 == 0, (y + 1) % 3, y)
    same = sample(y, predicted, **columns)
    found = metric(name).difference(same, same)
    assert found.value == 0.0
    assert found.interval(0.9).low < -0.01
    many = sample(np.repeat(y, 300), np.repeat(predicted, 300))
    assert metric(name).difference(many, many).interval(0.9).low > -0.01


@pytest.mark.parametrize("name", SMOOTH)
def test_a_perfect_model_on_few_rows_is_not_proven_perfect(name):
    y = np.resize([0, 1, 2], 90)
    assert metric(name).statistic(sample(y, y)).interval(0.9).low < 0.98


@pytest.mark.parametrize("name", ["balanced_accuracy", "f1_macro", "precision_macro", "recall_macro"])
def test_fewer_than_25_rows_of_a_class_are_flagged_where_classes_count_alike(name):
    y = np.repeat([0, 1, 2], [100, 100, 24])
    assert "24 rows of the rarest class" in metric(name).statistic(sample(y, y)).flags[0]
    y = np.repeat([0, 1, 2], [100, 100, 25])
    assert metric(name).statistic(sample(y, y)).flags == ()


@pytest.mark.parametrize("name", ["mcc", "cohen_kappa", "f1_weighted", "precision_weighted"])
def test_fewer_than_30_rows_outside_of_the_largest_class_are_flagged_where_rows_count(name):
    y = np.repeat([0, 1, 2], [100, 20, 9])
    assert "29 rows outside of the largest class" in metric(name).statistic(sample(y, y)).flags[0]
    y = np.repeat([0, 1, 2], [100, 20, 10])
    assert metric(name).statistic(sample(y, y)).flags == ()


def test_a_class_that_a_model_hardly_predicts_is_flagged_for_precision():
    y = np.repeat([0, 1, 2], 40)
    predicted = np.where((y == 2) & (np.arange(120) > 83), 1, y)
    assert "4 predictions of the class predicted least" in metric("precision_macro").difference(sample(y, y), sample(y, predicted)).flags[0]


def test_a_model_of_one_class_has_an_mcc_of_zero_and_is_never_passed():
    y = np.repeat([0, 1], 50)
    constant = sample(y, np.zeros(100))
    assert metric("mcc").value(constant) == 0.0
    assert "one class only" in metric("mcc").difference(sample(y, y), constant).flags[0]


@pytest.mark.parametrize(("name", "predicted"), [("mcc", [0, 1, 0]), ("cohen_kappa", [0, 0, 0])])
def test_labels_of_one_class_are_an_error_of_the_data(name, predicted):
    with pytest.raises(MeasurementError, match=f"{name} is not defined") as caught:
        metric(name).statistic(sample([0, 0, 0], predicted))
    assert caught.value.cause == "data"


def test_numbers_taken_for_classes_are_refused():
    with pytest.raises(MeasurementError, match="1,001 different values, too many to be classes") as caught:
        metric("f1_macro").value(sample(np.arange(1001), np.arange(1001)))
    assert caught.value.cause == "configuration"


@pytest.mark.parametrize("name", ["recall", "specificity"])
def test_a_share_of_one_class_is_judged_on_its_rows_and_counted_in_all(name):
    candidate, baseline = (sample(arm.y_true == 0, arm.y_pred == 0) for arm in three_classes(500))
    found = metric(name).difference(candidate, baseline)
    of_class = (candidate.y_true == 1) == (name == "recall")
    right = [(arm.y_pred == arm.y_true) & of_class for arm in (candidate, baseline)]
    assert found.n_obs == 500
    assert (found.inner.n_obs, found.inner.better, found.inner.worse) == (
        of_class.sum(),
        (right[0] & ~right[1]).sum(),
        (right[1] & ~right[0]).sum(),
    )


def test_fewer_than_30_negatives_are_flagged_for_specificity():
    y = np.repeat([0, 1], [29, 100])
    assert "29 negatives" in metric("specificity").statistic(sample(y, y)).flags[0]
