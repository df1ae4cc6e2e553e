"""Labels, predictions and scores that a metric can be told of, and those it cannot."""

import datetime
from decimal import Decimal

import numpy as np
import pytest
from fake_engine import FakeEngine

from mlgate.checks import Compare, Metric
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import written
from mlgate.core.measured import Measured

N = 200
Y = np.resize([0, 1, 1], N)


def engine(y=Y, *, prediction=None, score=None, baseline=None, **columns):
    answers = {name: values for name, values in (("prediction", prediction), ("score", score)) if values is not None}
    other = answers if baseline is None else baseline
    return FakeEngine({"y": y, **columns}, {"candidate": answers, "production": other})


def metric(name="f1", **keys):
    return Metric(id="m", of="candidate", metric=name, at_least=0.0, **keys)


def value(name, eng, **keys):
    return eng.claim(metric(name, **keys)).statistic.value


def error(eng, check):
    with pytest.raises(MeasurementError) as caught:
        eng.claim(check)
    return caught.value


def as_object(values):
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells


@pytest.mark.parametrize(
    ("y", "keys"),
    [
        (Y, {}),
        (Y.astype(float), {}),
        (Y.astype(bool), {}),
        (2 * Y - 1, {}),
        (as_object([Decimal(int(one)) for one in Y]), {}),
        (np.where(Y == 1, "late", "on time"), {"positive": "late"}),
        (np.where(Y == 1, 7, 3), {"positive": 7}),
        (Y.astype(bool), {"positive": True}),
    ],
    ids=["integers", "floats", "booleans", "signs", "decimals", "text", "any numbers", "booleans by name"],
)
@pytest.mark.parametrize("weighted", [False, True], ids=["counted", "rows"])
def test_labels_of_every_coding_give_one_value(y, keys, weighted):
    flipped = np.arange(N) % 5 == 0
    codes = np.unique(y)
    prediction = np.where(flipped, np.where(y == codes[0], codes[1], codes[0]), y)
    plain = value("f1", engine(prediction=np.where(flipped, 1 - Y, Y)))
    if weighted:
        keys = {**keys, "sample_weight": "w"}
    assert value("f1", engine(y, prediction=prediction, w=np.ones(N)), **keys) == pytest.approx(plain)


def test_booleans_and_integers_are_equal_labels_and_predictions():
    assert value("accuracy", engine(Y.astype(bool), prediction=Y)) == 1.0
    assert value("accuracy", engine(Y, prediction=Y.astype(float))) == 1.0


def test_the_positive_class_can_be_the_first_of_two():
    y = np.where(Y == 1, "on time", "late")
    assert value("recall", engine(y, prediction=np.full(N, "late")), positive="late") == 1.0
    assert value("recall", engine(y, prediction=np.full(N, "on time")), positive="late") == 0.0


def test_a_score_per_class_is_read_by_the_positive_class():
    y = np.where(Y == 1, "late", "on time")
    eng = engine(y)
    eng.models["candidate"] = eng.models["candidate"].assign(score_late=Y * 0.5 + 0.2, **{"score_on time": 0.8 - Y * 0.5})
    assert value("roc_auc", eng, positive="late") == 1.0
    assert value("roc_auc", eng, positive="on time") == 1.0


@pytest.mark.parametrize(
    ("eng", "check", "message", "cause"),
    [
        (engine(as_object([None] * 3 + [1] * 197), prediction=Y), metric(), "label 'y' is null in 3 of 200 rows", "data"),
        (engine(np.where(np.arange(N) < 3, np.nan, Y), prediction=Y), metric("accuracy"), "is null in 3 of 200", "data"),
        (engine(np.where(np.arange(N) < 3, np.inf, Y), prediction=Y), metric("mae"), "label 'y' is infinite in 3 of 200", "data"),
        (engine(as_object([None] * N), prediction=Y), metric(), "is null in 200 of 200", "data"),
        (engine(prediction=as_object([None, *Y[1:]])), metric(), "prediction of candidate is missing (null or NaN) in 1 of 200", "model"),
        (
            engine(score=np.where(np.arange(N) < 9, np.nan, 0.5)),
            metric("roc_auc"),
            "score of candidate is missing (null or NaN) in 9 of 200",
            "model",
        ),
        (engine(score=np.where(np.arange(N) < 9, np.inf, 0.5)), metric("roc_auc"), "score of candidate is infinite in 9 of 200", "model"),
        (engine(score=np.linspace(-1, 1, N)), metric("brier"), "100 of 200 scores lie outside [0, 1]", "model"),
        (engine(score=np.full(N, "high")), metric("roc_auc"), "score of candidate is text", "model"),
        (engine(np.zeros(N, dtype=int), prediction=Y), metric(), "one class only: 0 of 200 rows are positive", "data"),
        (engine(np.ones(N, dtype=int), score=Y * 0.5), metric("log_loss"), "one class only: 200 of 200", "data"),
        (engine(np.resize(["a", "b"], N), prediction=Y), metric("accuracy"), "is text ('a', 'b') but prediction of candidate is numbers", "model"),
        (engine(Y, prediction=np.full(N, "1")), metric("accuracy"), "is numbers (0, 1) but prediction of candidate is text ('1')", "model"),
        (engine(np.resize(["a", "b"], N), prediction=np.resize(["a", "b"], N)), metric(), "which value is the positive class", "configuration"),
        (engine(Y, prediction=Y), metric(positive="late"), "positive: 'late' is of another type", "configuration"),
        (engine(np.resize(["a", "b"], N), prediction=np.resize(["a"], N)), metric(positive="c"), "one class only: 0 of 200", "data"),
        (engine(np.resize([0, 1, 2], N), prediction=Y), metric(), "label 'y' is not binary: it holds 0, 1, 2", "data"),
        (engine(Y, prediction=np.linspace(0, 1, N)), metric(), "does not fit label 'y' (0, 1)", "model"),
        (
            engine(np.resize(["a", "b"], N), prediction=np.resize(["a", "b"], N)),
            metric("mae"),
            "is text, and the metric needs numbers",
            "configuration",
        ),
        (engine(as_object([datetime.date(2024, 1, 1)] * N), prediction=Y), metric("accuracy"), "values of type date", "data"),
        (engine(prediction=Y, w=np.resize([1.0, np.nan], N)), metric(sample_weight="w"), "is null or infinite in 100 of 200", "data"),
        (engine(prediction=Y, w=np.resize([1.0, -1.0], N)), metric(sample_weight="w"), "is negative in 100 of 200", "data"),
        (engine(prediction=Y, w=np.zeros(N)), metric(sample_weight="w"), "is 0 in every row", "data"),
        (engine(prediction=Y, w=np.full(N, "x")), metric(sample_weight="w"), "is text", "data"),
        (engine(prediction=Y, g=as_object([None, "a"] * 100)), metric(groups="g"), "group 'g' is null in 100 of 200", "data"),
        (engine(prediction=Y, g=np.full(N, "a")), metric(groups="g"), "one group", "data"),
    ],
)
def test_rows_that_cannot_be_judged_say_how_many_and_whose_fault_it_is(eng, check, message, cause):
    caught = error(eng, check)
    assert message in written(caught.what)
    assert caught.cause == cause


def test_a_missing_prediction_of_either_model_stops_the_comparison_and_drops_no_row():
    check = Compare(id="c", of="candidate", against="production", metric="accuracy", no_worse_by=0.1)
    caught = error(engine(prediction=Y, baseline={"prediction": as_object([None, *Y[1:]])}), check)
    assert caught.what == "prediction of production is missing (null or NaN) in 1 of 200 rows"


@pytest.mark.parametrize(
    ("eng", "check", "message", "fix"),
    [
        (engine(prediction=Y), metric("roc_auc"), "roc_auc needs the score of candidate, which gives prediction", "method: predict_proba"),
        (engine(score=Y), metric("f1"), "f1 needs the prediction of candidate, which gives score", "threshold:"),
    ],
)
def test_a_model_without_the_answer_a_metric_needs_is_an_error_with_the_fix(eng, check, message, fix):
    caught = error(eng, check)
    assert message in caught.what
    assert caught.cause == "model"
    assert fix in caught.fix


def test_a_model_with_a_score_per_class_only_asks_for_the_positive_class():
    eng = engine()
    eng.models["candidate"] = eng.models["candidate"].assign(score_a=np.linspace(0, 1, N), score_b=0.5, score_c=0.1)
    assert "positive: <class>" in error(eng, metric("roc_auc")).fix


def test_a_dataset_without_a_label_is_an_error_of_the_configuration():
    eng = FakeEngine({"y": Y}, {"candidate": {"prediction": Y}}, label=None)
    assert "declares no label" in error(eng, metric()).what


def test_a_model_that_did_not_open_stops_its_checks_only():
    eng = engine(prediction=Y)
    scope = eng.scope
    scope.model_columns["candidate"] = MeasurementError("model file gone", cause="model", missing=True)
    with pytest.raises(MeasurementError, match="model file gone") as caught:
        metric().requests(scope)
    assert caught.value.missing


def test_an_answer_that_failed_becomes_the_error_of_the_item():
    eng = engine(prediction=Y)
    (request,) = metric().requests(eng.scope)
    with pytest.raises(MeasurementError, match="disk full"):
        metric().claims(eng.scope, Measured({request: MeasurementError("disk full", cause="infrastructure")}))
