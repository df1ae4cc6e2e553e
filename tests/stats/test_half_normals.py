import numpy as np
import pytest

from mlgate.stats.half_normals import chi_quantile, gamma_quantile, sum_moments


@pytest.mark.parametrize("level", [0.5, 0.05, 0.001])
def test_one_half_normal_has_the_quantiles_of_a_normal(level):
    expected = {0.5: 0.6744898, 0.05: 1.959964, 0.001: 3.290527}[level]
    assert chi_quantile(*sum_moments(np.array([2.0]), None), level) == pytest.approx(2 * expected, rel=1e-4)


@pytest.mark.parametrize("r", [0.0, 0.5, -0.9])
def test_the_moments_of_a_sum_are_those_of_draws(r):
    rng = np.random.default_rng(1)
    correlation = np.array([[1, r], [r, 1]])
    sums = np.abs(rng.multivariate_normal([0, 0], correlation, size=100_000)).sum(axis=1)
    mean, variance = sum_moments(np.ones(2), correlation)
    assert sums.mean() == pytest.approx(mean, rel=0.01)
    assert sums.var() == pytest.approx(variance, rel=0.02)
    assert (sums > chi_quantile(mean, variance, 0.05)).mean() == pytest.approx(0.05, abs=0.006)


def test_independent_ones_have_no_covariance():
    assert sum_moments(np.array([1.0, 2.0]), None) == pytest.approx(sum_moments(np.array([1.0, 2.0]), np.eye(2)))


def test_the_gamma_has_the_mean_it_is_given():
    assert gamma_quantile(2.0, 2.0, 0.5) == pytest.approx(1.6783469900166605)  # the median of a sum of two exponentials
