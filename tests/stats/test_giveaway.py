import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from mlgate.core.errors import MeasurementError
from mlgate.stats.giveaway import fold_rates, giveaway

N = 2000


@pytest.fixture
def random():
    return np.random.default_rng(4)


@pytest.fixture
def positive(random):
    return random.random(N) < 0.3


def level(feature, positive):
    return giveaway(feature, [positive], seed=1)


def test_the_rank_of_a_number_counts_either_way_as_scikit_learn_says(random, positive):
    values = random.normal(size=N) + positive
    for sign in (1, -1):
        assert level(sign * values, positive).of[0].value == pytest.approx(roc_auc_score(positive, values), abs=1e-12)


def test_a_giveaway_that_rises_and_falls_is_found(random, positive):
    values = np.where(positive, random.uniform(-0.5, 0.5, N), random.choice([-1.0, 1.0], N) * random.uniform(0.6, 2, N))
    assert level(values, positive).of[0].value < 0.6  # its rank says nothing
    assert level(values, positive).interval(0.9).low > 0.98


def test_a_frequent_value_has_a_cell_of_its_own(random, positive):
    values = np.where(positive, 0.0, random.normal(size=N))
    assert level(values, positive).interval(0.9).low > 0.95


@pytest.mark.parametrize("as_text", [False, True])
def test_what_is_missing_can_give_the_label_away(random, positive, as_text):
    values = random.integers(0, 5, N)
    feature = np.array([None if gone else f"v{value}" for gone, value in zip(positive, values, strict=True)], object)
    number = np.where(positive, np.nan, values.astype(float))
    assert level(feature if as_text else number, positive).interval(0.9).low > 0.95


def test_levels_that_tell_the_class_are_found_and_ids_are_not(random, positive):
    levels = np.array([f"{'p' if one else 'n'}{extra}" for one, extra in zip(positive, random.integers(0, 20, N), strict=True)], object)
    assert level(levels, positive).interval(0.9).low > 0.95
    ids = np.array([f"row {row}" for row in range(N)], object)
    assert level(ids, positive).value == pytest.approx(0.5, abs=0.02)


def test_a_row_has_no_part_in_its_own_rate(positive):
    alone = fold_rates(np.arange(N), positive, seed=1)
    assert np.unique(alone).size <= 5  # a level of one row knows the rate of the other folds and nothing else
    assert alone.mean() == pytest.approx(positive.mean(), abs=0.01)


@pytest.mark.parametrize("feature", [np.zeros(N), np.full(N, np.nan), np.array([None] * N, object), np.full(N, np.inf)])
def test_a_feature_of_one_value_says_nothing(feature, positive):
    found = level(feature, positive)
    assert found.value == pytest.approx(0.5, abs=0.02)
    assert found.interval(0.9).high < 0.6


def test_the_worst_of_several_classes_counts(random):
    classes = random.integers(0, 3, N)
    feature = np.where(classes == 1, 5.0, random.normal(size=N))
    assert giveaway(feature, [classes == one for one in range(3)], seed=1).interval(0.9).low > 0.95


def test_one_class_is_refused():
    with pytest.raises(MeasurementError, match="both classes"):
        giveaway(np.arange(5.0), [np.ones(5, bool)], seed=1)


def test_noise_is_never_taken_for_a_giveaway():
    alarms = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        positive = random.random(300) < 0.2
        for feature in (random.normal(size=300), random.integers(0, 40, 300).astype(str).astype(object)):
            alarms += giveaway(feature, [positive], seed=seed).pvalue(0.75, "greater") <= 0.01
    assert alarms == 0


@pytest.mark.parametrize("seed", range(3))
def test_an_area_at_the_bound_is_an_alarm_no_more_often_than_stated(seed):
    # two normals of equal spread, d apart, have the area Phi(d / sqrt 2): 0.9 at d = 1.8124
    alarms, trials = 0, 300
    for trial in range(trials):
        random = np.random.default_rng([seed, trial])
        positive = random.random(400) < 0.5
        alarms += giveaway(random.normal(size=400) + 1.8124 * positive, [positive], seed=trial).pvalue(0.9, "greater") <= 0.05
    assert alarms / trials <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)
