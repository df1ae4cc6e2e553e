import pytest

from mlgate.stats.root_estimate import RootEstimate
from mlgate.stats.tolerance import ToleranceEstimate


def root(value, raw=None, error=0.01):
    return RootEstimate(
        ToleranceEstimate(
            value=max(0.0, value), raw=value if raw is None else raw, n_obs=50, standard_error=error, low_from=value, high_from=value, flags=("few",)
        )
    )


def test_everything_is_the_root_of_the_square():
    estimate = root(0.09, raw=0.16)
    assert (estimate.value, estimate.raw, estimate.n_obs, estimate.flags) == (pytest.approx(0.3), pytest.approx(0.4), 50, ("few",))
    inner, outer = estimate.squared.interval(0.9), estimate.interval(0.9)
    assert (outer.low**2, outer.high**2) == pytest.approx((inner.low, inner.high))


def test_a_null_is_tested_by_its_square():
    estimate = root(0.09)
    assert estimate.pvalue(0.25, "greater") == estimate.squared.pvalue(0.0625, "greater")
    assert estimate.pvalue(0.35, "less") == estimate.squared.pvalue(0.35**2, "less")


def test_a_null_below_zero_is_decided():
    assert root(0.0).pvalue(-0.1, "greater") == 0.0
    assert root(0.0).pvalue(-0.1, "less") == 1.0


def test_the_error_is_finite_at_zero_and_the_delta_methods_far_from_it():
    assert root(-0.02, raw=0.0).standard_error == pytest.approx(0.1)
    assert root(0.5, error=1e-4).standard_error == pytest.approx(1e-4 / (2 * 0.5**0.5), rel=1e-3)
