"""Coverage of the interval of every metric, of one model and of the difference of two, in the domain that its docstring states.

The truth is the metric of a population of the same model; the 95 % one-sided bounds may miss it 5 % of the time.
"""

import numpy as np
import pytest

from mlgate.core.registry import load
from mlgate.testing.samples import sample

from .rates import assert_about, assert_at_most, draws

POPULATION = 400_000


def classified(shares, right, agree):
    """Rows of len(shares) classes: a candidate right with `right[0]`, a baseline with `right[1]`, which repeats the candidate with `agree`."""

    def drawn(rng, n):
        k = len(shares)
        y = rng.choice(k, n, p=shares)
        candidate = np.where(rng.random(n) < right[0], y, (y + rng.integers(1, k, n)) % k)
        own = np.where(rng.random(n) < right[1], y, (y + rng.integers(1, k, n)) % k)
        return sample(y, candidate), sample(y, np.where(rng.random(n) < agree, candidate, own))

    return drawn


def scored(rng, n):
    y = (rng.random(n) < 0.2).astype(float)
    shared = rng.normal(size=n)
    return tuple(sample(y, y_score=1.2 * y + 0.6 * shared + 0.8 * rng.normal(size=n) * noise) for noise in (1.0, 1.3))


def of_classes(rng, n):
    y = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    shared = rng.normal(size=(n, 3))
    arms = []
    for noise in (1.0, 1.3):
        raw = np.exp(1.2 * np.eye(3)[y] + 0.5 * shared + 0.7 * noise * rng.normal(size=(n, 3)))
        arms.append(sample(y, scores=raw / raw.sum(axis=1, keepdims=True), classes=[0.0, 1.0, 2.0]))
    return tuple(arms)


def numbers(rng, n):
    y = rng.gamma(9, 2, n)
    shared = rng.normal(size=n)
    return tuple(sample(y, y + shared + scale * rng.normal(size=n)) for scale in (1.0, 1.2))


def rankings(rng, n):
    n_queries = n // 8
    query = np.repeat(np.arange(n_queries), 8)
    gain = rng.choice(4, query.size, p=[0.6, 0.2, 0.15, 0.05])
    ease = rng.uniform(0.3, 2, n_queries)[query]
    shared = rng.normal(size=query.size)
    return tuple(sample(gain, y_score=gain + ease * (shared + noise * rng.normal(size=query.size)), query=query) for noise in (0.7, 1.0))


def losses(rng, n):
    late = numbers(rng, n)
    return tuple(sample(arm.y_true, loss=np.maximum(3 * (arm.y_true - arm.y_pred), arm.y_pred - arm.y_true)) for arm in late)


THREE = classified((0.5, 0.3, 0.2), (0.8, 0.75), 0.5)
TWO = classified((0.7, 0.3), (0.85, 0.8), 0.5)
WORLDS = {
    **{name: (THREE, 200, {}) for name in ("balanced_accuracy", "f1_macro", "f1_weighted", "precision_macro", "recall_macro", "mcc", "cohen_kappa")},
    "precision_weighted": (THREE, 400, {}),
    "accuracy": (TWO, 200, {}),
    "recall": (TWO, 200, {}),
    "specificity": (TWO, 200, {}),
    "cost": (TWO, 300, {"cost": {"FN": 5, "FP": 1}}),
    "average_precision": (scored, 300, {}),
    "top_k_accuracy": (of_classes, 200, {"k": 2}),
    "roc_auc_ovr": (of_classes, 200, {}),
    "roc_auc_ovr_weighted": (of_classes, 200, {}),
    "log_loss": (of_classes, 300, {}),
    "brier": (of_classes, 300, {}),
    "r2": (numbers, 200, {}),
    "medae": (numbers, 100, {}),
    "mape": (numbers, 300, {}),
    "pinball": (numbers, 200, {"quantile": 0.9}),
    "exceedance": (numbers, 200, {"limit": 2.5}),
    "ndcg": (rankings, 800, {"k": 5}),
    "mrr": (rankings, 800, {}),
    "map": (rankings, 800, {"k": 5}),
    "loss": (losses, 200, {}),
}
EXACT = {"accuracy", "recall", "specificity", "top_k_accuracy", "exceedance"}  # of one model: Clopper-Pearson, which misses less often
each = pytest.mark.parametrize("name", WORLDS)


def made(name):
    world, n, keys = WORLDS[name]
    return load("metrics", name)(**keys), world, n


def missed(found, truth):
    intervals = [one.interval(0.9) for one in found]
    return np.mean([one.low > truth for one in intervals]), np.mean([one.high < truth for one in intervals])


@each
@draws(150, 4000)
def test_the_interval_of_a_difference(name, n_draws):
    metric, world, n = made(name)
    rng = np.random.default_rng(21)
    population = world(rng, POPULATION)
    truth = metric.value(population[0]) - metric.value(population[1])
    for rate in missed([metric.difference(*world(rng, n)) for _ in range(n_draws)], truth):
        assert_about(rate, 0.05, n_draws, slack=0.012)


@each
@draws(150, 4000)
def test_the_interval_of_one_model(name, n_draws):
    metric, world, n = made(name)
    rng = np.random.default_rng(22)
    truth = metric.value(world(rng, POPULATION)[0])
    for rate in missed([metric.statistic(world(rng, n)[0]) for _ in range(n_draws)], truth):
        if name in EXACT:
            assert_at_most(rate, 0.05, n_draws)
        else:
            assert_about(rate, 0.05, n_draws, slack=0.02)


@pytest.mark.parametrize("name", ["balanced_accuracy", "f1_macro", "f1_weighted", "precision_macro", "recall_macro", "mcc", "cohen_kappa"])
@pytest.mark.parametrize("agree", [0.9, 0.98])
@draws(150, 4000)
def test_models_that_agree_on_nearly_all_rows_are_not_passed_too_often(name, agree, n_draws):
    """Where only some rows tell them apart, or none, a plain normal interval passes a candidate at the margin up to 38 % of the time."""
    metric, world = load("metrics", name)(), classified((0.5, 0.3, 0.2), (0.8, 0.9), agree)
    rng = np.random.default_rng(23)
    population = world(rng, POPULATION)
    truth = metric.value(population[0]) - metric.value(population[1])
    low, _ = missed([metric.difference(*world(rng, 200)) for _ in range(n_draws)], truth)
    assert_at_most(low, 0.05, n_draws, slack=0.01)


@pytest.mark.parametrize("name", ["balanced_accuracy", "mcc", "average_precision", "r2", "medae", "roc_auc_ovr"])
@draws(100, 2000)
def test_rows_in_groups(name, n_draws):
    """Rows of one group are copies of each other, so that 200 groups are worth 200 rows."""
    metric, world, n = made(name)
    rng = np.random.default_rng(24)
    population = world(rng, POPULATION)
    truth = metric.value(population[0]) - metric.value(population[1])

    def grouped():
        rows = np.repeat(np.arange(n), rng.integers(1, 4, n))
        return [type(arm)(**{**vars(arm.at(rows)), "group": rows}) for arm in world(rng, n)]

    for rate in missed([metric.difference(*grouped()) for _ in range(n_draws)], truth):
        assert_about(rate, 0.05, n_draws, slack=0.02)
