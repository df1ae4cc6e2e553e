from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlgate.core.distance import Distribution
from mlgate.core.errors import MeasurementError
from mlgate.distances.wasserstein import Wasserstein

W = Wasserstein()
samples = st.lists(st.integers(-8, 8).map(float) | st.floats(-1e6, 1e6), min_size=2, max_size=60)


@settings(database=None, deadline=None)
@given(samples, samples.filter(lambda values: np.std(values) > 1e-3))
def test_the_value_is_that_of_scipy_over_the_references_standard_deviation(current, reference):
    statistic = W.statistic(*(Distribution(Counter(values), 0, numeric=True) for values in (current, reference)))
    assert statistic.value == pytest.approx(stats.wasserstein_distance(current, reference) / np.std(reference), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("unit", [1e-300, 1.0, 1e300])
def test_the_unit_of_the_column_does_not_matter(counted, unit):
    rng = np.random.default_rng(1)
    current, reference = rng.normal(0.5, size=300), rng.normal(size=300)
    assert W.statistic(counted(current * unit), counted(reference * unit)).value == pytest.approx(
        W.statistic(counted(current), counted(reference)).value, rel=1e-9
    )


def test_the_error_of_a_plain_shift_is_that_of_two_means_and_of_the_unit(counted):
    """For a shift W is a difference of means over a standard deviation; the standard error of Cohen's d is known."""
    rng = np.random.default_rng(2)
    errors = [W.statistic(counted(rng.normal(3, size=1000)), counted(rng.normal(size=1000))).standard_error for _ in range(20)]
    assert np.mean(errors) == pytest.approx(np.sqrt(2 / 1000 + 3**2 / 2000), rel=0.03)


def test_the_lower_bound_loses_the_mean_of_the_noise_and_the_upper_one_nothing(counted):
    """Two values, half each: F - G differs in one place, over a width of two standard deviations."""
    both = counted([0.0, 1.0] * 50)
    statistic = W.statistic(both, both)
    assert statistic.high_from == 0
    assert statistic.low_from == pytest.approx(-2 * np.sqrt(2 / np.pi) * np.sqrt(0.02 * 0.25), rel=1e-12)


def test_the_noise_floor_of_uniform_numbers_is_that_of_the_brownian_bridge(counted):
    """The mean area under |bridge| is sqrt(2 pi) / 8, because E|N| = sqrt(2 / pi); a uniform has sd 1 / sqrt(12)."""
    rng = np.random.default_rng(4)
    steps = rng.normal(size=(20_000, 250))
    bridge = np.cumsum(steps - steps.mean(axis=1, keepdims=True), axis=1) / np.sqrt(250)
    areas = np.abs(bridge).mean(axis=1)
    assert areas.mean() == pytest.approx(np.sqrt(2 * np.pi) / 8, rel=0.01)
    even = counted((np.arange(2000) / 2000).tolist())
    for level, slack in ((0.1, 0.01), (0.05, 0.012)):
        floor = W.noise_floor(even, even, level) / np.sqrt(12 * 2 / 2000)
        assert (areas > floor).mean() == pytest.approx(level, abs=slack)


def test_a_reference_of_one_value_is_measured_by_the_spread_of_both(counted):
    statistic = W.statistic(counted([1.0] * 500 + [2.0] * 500), counted([1.0] * 5000))
    assert statistic.value == pytest.approx(0.5 / np.sqrt(0.25 * 0.75))


def test_a_tail_of_few_rows_is_flagged(counted):
    rng = np.random.default_rng(3)
    assert not W.statistic(counted(rng.normal(size=400)), counted(rng.normal(size=400))).flags
    current = np.append(rng.normal(size=400), 1e5)
    assert "few rows dominate" in W.statistic(counted(current), counted(rng.normal(size=400))).flags[0]


def test_infinite_values_have_no_distance(counted):
    with pytest.raises(MeasurementError, match="infinite"):
        W.statistic(counted([np.inf, 1.0]), counted([1.0, 2.0]))


def test_categories_have_no_size(counted):
    with pytest.raises(MeasurementError, match="no size"):
        W.statistic(counted("abc", numeric=False), counted("abc", numeric=False))
