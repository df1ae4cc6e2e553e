"""A user's own function as a metric."""

import sys
import types

import numpy as np
import pytest

from mlgate.core.errors import MeasurementError
from mlgate.core.marked import written
from mlgate.core.registry import load
from mlgate.metrics._user import UserMetric
from mlgate.testing.samples import arms, sample


def accuracy(y_true, y_pred, *, sample_weight=None):
    return float(np.average(y_true == y_pred, weights=sample_weight))


def squared(y_true, y_score):
    return float(np.square(y_true - y_score).mean())


def raising(y_true, y_pred):
    raise TypeError("no such dtype")


@pytest.fixture(autouse=True)
def project(monkeypatch):
    module = types.ModuleType("project_metrics")
    module.accuracy, module.squared, module.raising = accuracy, squared, raising
    module.nothing = lambda y_true, y_pred: float("nan")
    monkeypatch.setitem(sys.modules, "project_metrics", module)


def user(name, *, needs="prediction", seed=1):
    return UserMetric(f"project_metrics:{name}", greater_is_better=True, needs=needs, seed=seed)


def test_its_value_is_what_the_function_says():
    one = sample([0, 1, 1, 0], y_pred=[0, 1, 0, 0])
    assert user("accuracy").value(one) == 0.75
    assert user("accuracy").value(sample([0, 1], y_pred=[0, 0], count=[1, 3])) == 0.25


def test_weights_are_passed_by_name():
    assert user("accuracy").value(sample([0, 1], y_pred=[0, 0], weight=[3, 1])) == 0.75


@pytest.mark.parametrize(("name", "needs", "builtin"), [("accuracy", "prediction", "accuracy"), ("squared", "score", "brier")])
def test_the_bootstrap_agrees_with_the_closed_form_of_the_same_metric(name, needs, builtin):
    candidate, baseline = arms(load("metrics", builtin)(), n=400)
    own, closed = (one.difference(candidate, baseline) for one in (user(name, needs=needs), load("metrics", builtin)()))
    assert own.value == pytest.approx(closed.value)
    assert own.standard_error == pytest.approx(closed.standard_error, rel=0.1)


def test_a_ratio_other_than_one_weighs_the_baseline():
    candidate, baseline = arms(load("metrics", "accuracy")(), n=400)
    own, closed = (one.difference(candidate, baseline, ratio=0.9) for one in (user("accuracy"), load("metrics", "accuracy")()))
    assert own.value == pytest.approx(closed.value)
    assert own.standard_error == pytest.approx(closed.standard_error, rel=0.1)


def test_groups_are_resampled_whole():
    one, _ = arms(load("metrics", "accuracy")(), n=40)
    many = sample(np.repeat(one.y_true, 5), np.repeat(one.y_pred, 5), group=np.repeat(np.arange(40), 5))
    assert user("accuracy").statistic(many).n_obs == 40


def test_the_same_seed_gives_the_same_statistic_and_another_seed_another():
    one, _ = arms(load("metrics", "accuracy")(), n=50)
    first, again, other = (user("accuracy", seed=seed).statistic(one).standard_error for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("name", "needs", "message", "cause"),
    [
        ("raising", "prediction", "raised TypeError: no such dtype", "configuration"),
        ("nothing", "prediction", "returned nan", "data"),
        ("missing", "prediction", "has no callable 'missing'", "configuration"),
    ],
)
def test_a_function_that_breaks_is_an_error_that_names_it(name, needs, message, cause):
    with pytest.raises(MeasurementError) as caught:
        user(name, needs=needs).statistic(sample([0, 1], y_pred=[0, 1]))
    assert message in written(caught.value.what)
    assert caught.value.cause == cause
    assert caught.value.fix
