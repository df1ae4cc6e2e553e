"""What every registered metric must do, ours and a third party's."""

from itertools import combinations

import numpy as np
import pytest
from samples import arms, sample

from mlgate.core.metric import Metric
from mlgate.core.registry import entries, load
from mlgate.core.statistic import Statistic

NAMES = sorted(entries("metrics"))
each = pytest.mark.parametrize("metric", [load("metrics", name)() for name in NAMES], ids=NAMES)


def better_is_shown(metric, statistic):
    """The one-sided p-value of "the candidate is no better"."""
    return statistic.pvalue(0.0, "greater" if metric.greater_is_better else "less")


def dressed(kind, n=2000):
    return {
        "plain": {},
        "grouped": {"group": np.arange(n) // 5},
        "weighted": {"weight": np.random.default_rng(3).uniform(0.5, 2, n)},
        "grouped and weighted": {"group": np.arange(n) // 5, "weight": np.random.default_rng(3).uniform(0.5, 2, n)},
    }[kind]


dresses = pytest.mark.parametrize("columns", ["plain", "grouped", "weighted", "grouped and weighted"])


@each
def test_it_is_a_metric_that_knows_its_name_direction_and_needs(metric):
    assert isinstance(metric, Metric)
    assert metric.name in NAMES
    assert metric.greater_is_better in (True, False)
    assert metric.needs in ("prediction", "score")
    assert metric.labels in ("binary", "classes", "numbers")


@each
def test_its_docstring_says_formula_source_and_what_it_was_checked_against(metric):
    assert "doi:" in metric.__doc__ or "ISBN" in metric.__doc__
    assert "scikit-learn" in metric.__doc__


@each
def test_a_perfect_answer_is_better_than_a_poor_one_and_that_better_than_a_wrong_one(metric):
    y = np.array([0, 1] * 50, dtype=float)
    poor, wrong = np.where(np.arange(100) < 30, 1 - y, y), 1 - y
    values = [metric.value(sample(y, y_pred=answer, y_score=answer)) for answer in (y, poor, wrong)]
    assert values == sorted(values, reverse=metric.greater_is_better)
    assert len(set(values)) == 3


@each
@dresses
def test_a_better_candidate_is_seen_as_better_and_a_worse_one_as_worse(metric, columns):
    good, bad = arms(metric, noise=(0.4, 1.2), **dressed(columns))
    assert better_is_shown(metric, metric.difference(good, bad)) < 0.001
    assert better_is_shown(metric, metric.difference(bad, good)) > 0.999


@each
@dresses
def test_a_model_does_not_differ_from_itself(metric, columns):
    one, _ = arms(metric, **dressed(columns))
    difference = metric.difference(one, one)
    assert difference.value == pytest.approx(0.0, abs=1e-15)
    assert better_is_shown(metric, difference) >= 0.5


@each
@dresses
def test_swapping_the_models_mirrors_the_difference(metric, columns):
    candidate, baseline = arms(metric, **dressed(columns))
    forth, back = metric.difference(candidate, baseline), metric.difference(baseline, candidate)
    assert forth.value == pytest.approx(-back.value, rel=1e-9)
    assert forth.standard_error == pytest.approx(back.standard_error, rel=1e-9)
    assert forth.interval(0.9).low == pytest.approx(-back.interval(0.9).high, rel=1e-6)


@each
@dresses
def test_the_difference_is_of_the_two_values_also_with_a_ratio(metric, columns):
    candidate, baseline = arms(metric, **dressed(columns))
    for ratio in (1.0, 0.95, 1.1):
        expected = metric.value(candidate) - ratio * metric.value(baseline)
        assert metric.difference(candidate, baseline, ratio=ratio).value == pytest.approx(expected, rel=1e-9, abs=1e-12)


@each
@dresses
def test_a_statistic_has_its_value_inside_its_interval(metric, columns):
    one, _ = arms(metric, **dressed(columns))
    statistic = metric.statistic(one)
    interval = statistic.interval(0.9)
    assert isinstance(statistic, Statistic)
    assert statistic.value == pytest.approx(metric.value(one), rel=1e-12)
    assert interval.low < statistic.value < interval.high
    assert statistic.standard_error > 0


@each
def test_an_equal_weight_for_all_rows_changes_next_to_nothing(metric):
    plain, weighted = (metric.difference(*arms(metric, **columns)) for columns in ({}, {"weight": np.full(2000, 3.0)}))
    assert weighted.value == pytest.approx(plain.value, rel=1e-9)
    assert weighted.standard_error == pytest.approx(plain.standard_error, rel=0.01)


@each
def test_a_ratio_near_one_has_nearly_the_error_of_a_plain_difference(metric):
    candidate, baseline = arms(metric)
    plain, near = metric.difference(candidate, baseline), metric.difference(candidate, baseline, ratio=1 - 1e-9)
    assert near.standard_error == pytest.approx(plain.standard_error, rel=1e-3)


@each
def test_rows_repeated_in_groups_prove_no_more_than_the_rows_themselves(metric):
    candidate, baseline = arms(metric, n=300)
    once = metric.difference(candidate, baseline).standard_error
    copies = [
        sample(*(None if part is None else np.repeat(part, 10) for part in (one.y_true, one.y_pred, one.y_score))) for one in (candidate, baseline)
    ]
    grouped = [sample(one.y_true, one.y_pred, one.y_score, group=np.repeat(np.arange(300), 10)) for one in copies]
    assert metric.difference(*copies).standard_error == pytest.approx(once / np.sqrt(10), rel=0.05)
    assert metric.difference(*grouped).standard_error == pytest.approx(once, rel=0.05)
    assert metric.difference(*grouped).n_obs == 300


@each
def test_the_standard_error_is_the_spread_over_fresh_samples(metric):
    differences = [metric.difference(*arms(metric, n=400, seed=seed)) for seed in range(200)]
    spread = np.std([one.value for one in differences], ddof=1)
    stated = np.mean([one.standard_error for one in differences])
    assert stated == pytest.approx(spread, rel=0.2)  # 200 samples: a standard deviation is known to 5 %, four of those


def test_no_two_metrics_share_a_name():
    assert all(one != other for one, other in combinations([load("metrics", name).name for name in NAMES], 2))
