import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlgate.core.statistic import Statistic
from mlgate.stats.normal import NormalEstimate, tail_of

values = st.floats(-1e6, 1e6)
errors = st.floats(1e-6, 1e6)
freedoms = st.none() | st.integers(1, 1000)


def test_an_estimate_is_a_statistic():
    assert isinstance(NormalEstimate(value=0.0, standard_error=1.0, n_obs=3), Statistic)


def test_the_interval_and_the_pvalue_are_the_normal_distributions():
    estimate = NormalEstimate(value=1.0, standard_error=2.0, n_obs=10)
    assert estimate.interval(0.9).low == pytest.approx(stats.norm(1, 2).ppf(0.05), abs=1e-12)
    assert estimate.interval(0.9).high == pytest.approx(stats.norm(1, 2).ppf(0.95), abs=1e-12)
    assert estimate.pvalue(0.0, "greater") == pytest.approx(stats.norm.sf(0.5), abs=1e-15)
    assert estimate.pvalue(0.0, "less") == pytest.approx(stats.norm.cdf(0.5), abs=1e-15)


def test_with_degrees_of_freedom_both_are_students():
    estimate = NormalEstimate(value=1.0, standard_error=2.0, n_obs=10, df=4)
    assert estimate.interval(0.9).high == pytest.approx(1 + 2 * stats.t(4).ppf(0.95), abs=1e-12)
    assert estimate.pvalue(0.0, "greater") == pytest.approx(stats.t(4).sf(0.5), abs=1e-15)


def test_pvalues_reach_far_into_the_tail():
    estimate = NormalEstimate(value=10.0, standard_error=1.0, n_obs=10)
    assert estimate.pvalue(0.0, "greater") == pytest.approx(stats.norm.sf(10), rel=1e-10)
    share = 0.05 / 10_000
    assert estimate.interval(1 - 2 * share).low == pytest.approx(10 - stats.norm.isf(share), abs=1e-9)


def test_without_an_error_the_interval_is_the_value_and_the_pvalue_a_comparison():
    sure = NormalEstimate(value=1.0, standard_error=0.0, n_obs=10, df=9)
    assert (sure.interval(0.9).low, sure.interval(0.9).high) == (1.0, 1.0)
    assert [sure.pvalue(null, "greater") for null in (0.0, 1.0, 2.0)] == [0.0, 1.0, 1.0]
    assert [sure.pvalue(null, "less") for null in (0.0, 1.0, 2.0)] == [1.0, 1.0, 0.0]


def test_one_row_of_unknown_spread_proves_nothing():
    unknown = NormalEstimate(value=5.0, standard_error=math.inf, n_obs=1)
    assert (unknown.interval(0.9).low, unknown.interval(0.9).high) == (-math.inf, math.inf)
    assert unknown.pvalue(0.0, "greater") == unknown.pvalue(0.0, "less") == 1.0


@pytest.mark.parametrize("broken", [{"value": math.nan}, {"standard_error": math.nan}, {"standard_error": -1.0}, {"df": 0}])
def test_an_estimate_that_is_no_number_is_refused(broken):
    with pytest.raises(ValueError, match=r"above 0|at least 0"):
        NormalEstimate(**{"value": 0.0, "standard_error": 1.0, "n_obs": 1, **broken})


@pytest.mark.parametrize("level", [0, 1, -0.5, 1.5, math.nan])
def test_a_confidence_level_outside_0_to_1_is_refused(level):
    with pytest.raises(ValueError, match="confidence_level"):
        tail_of(level)


@settings(database=None, deadline=None)
@given(values, errors, freedoms, st.floats(0.01, 0.999), values)
def test_a_null_is_rejected_exactly_where_the_interval_leaves_it_out(value, error, df, level, null):
    estimate = NormalEstimate(value=value, standard_error=error, n_obs=5, df=df)
    interval, tail = estimate.interval(level), (1 - level) / 2
    gap = 1e-6 * (1 + interval.high - interval.low)
    if abs(null - interval.low) > gap:
        assert (estimate.pvalue(null, "greater") < tail) == (null < interval.low)
    if abs(null - interval.high) > gap:
        assert (estimate.pvalue(null, "less") < tail) == (null > interval.high)
