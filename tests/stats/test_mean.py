import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Statistic
from mlgate.stats.mean import HallMean

samples = arrays(np.float64, st.integers(1, 60), elements=st.floats(-1e12, 1e12))
levels = st.floats(0.01, 0.999)

# R 4.2.2 t.test(paired = TRUE) and statsmodels 0.15 ttost_paired
FIRST = "0.61 0.29 0.06 0.59 -1.73 -0.74 0.51 -0.56 0.39 1.64 0.05 -0.06 0.64 -0.82 0.37 1.77 1.09 -1.28 2.36 1.31"
SECOND = "0.93 1.05 -0.12 1.77 0.44 2.01 -0.35 0.68 1.22 0.09 2.75 0.83 -1.04 1.51 0.27 0.62 3.11 0.98 1.36 -0.51"


def numbers(text):
    return np.array(text.split(), dtype=float)


def student(values):
    """Student's t: Hall's without skewness."""
    return HallMean(value=float(values.mean()), n_obs=len(values), std=float(values.std(ddof=1)), skewness=0.0)


def test_the_paired_t_test_of_r_is_reproduced():
    mean = student(numbers(FIRST) - numbers(SECOND))
    interval = mean.interval(0.95)
    assert (interval.low, interval.high) == pytest.approx((-1.2736711585986824, 0.16267115859868225), abs=1e-12)
    assert 2 * mean.pvalue(0, "less") == pytest.approx(0.12194067184356382, abs=1e-12)
    assert mean.pvalue(-2, "greater") == pytest.approx(0.0002372813651400532, abs=1e-12)


def test_a_mean_is_a_statistic():
    assert isinstance(HallMean.of(np.array([1.0, 2.0, 4.0])), Statistic)


def test_moments_are_those_of_scipy():
    values = np.random.default_rng(1).lognormal(size=500)
    mean = HallMean.of(values)
    assert (mean.value, mean.std, mean.skewness) == pytest.approx((values.mean(), values.std(ddof=1), stats.skew(values)), rel=1e-12)


def test_hall_removes_skewness_by_his_cubic():
    mean = HallMean(value=0.0, n_obs=100, std=1.0, skewness=2.0)
    t, g, n = 0.25, 2.0, 100
    expected = stats.t(99).sf(math.sqrt(n) * (t + g * t**2 / 3 + g**2 * t**3 / 27 + g / (6 * n)))
    assert mean.pvalue(-0.25, "greater") == pytest.approx(expected, rel=1e-10)


def test_hall_pulls_out_the_side_of_the_rare_large_losses():
    values = np.random.default_rng(2).lognormal(sigma=1.2, size=200)
    hall, plain = HallMean.of(values).interval(0.9), student(values).interval(0.9)
    assert hall.high - hall.low > plain.high - plain.low
    assert hall.high > plain.high


@pytest.mark.parametrize("mean", [HallMean(value=0.3, n_obs=50, std=1.2, skewness=0.0), HallMean(value=0.3, n_obs=100_001, std=1.2, skewness=5.0)])
def test_without_skewness_and_with_very_many_rows_hall_is_student(mean):
    expected = stats.t(mean.n_obs - 1, loc=mean.value, scale=mean.std / math.sqrt(mean.n_obs))
    assert (mean.interval(0.9).low, mean.interval(0.9).high) == pytest.approx(expected.interval(0.9), rel=1e-12)
    assert mean.pvalue(0.1, "less") == pytest.approx(expected.sf(0.1), rel=1e-12)


def test_small_skewness_goes_smoothly_to_none():
    near, none = (HallMean(value=0.3, n_obs=50, std=1.2, skewness=g).interval(0.9) for g in (1e-9, 0.0))
    assert (near.low, near.high) == pytest.approx((none.low, none.high), abs=1e-8)


def test_few_rows_and_dominated_means_are_flagged():
    assert HallMean(value=0, n_obs=29, std=1, skewness=0).flags == ("29 rows are too few for a mean (at least 30)",)
    assert "few rows dominate" in HallMean(value=0, n_obs=100, std=1, skewness=-3.1).flags[0]
    assert HallMean(value=0, n_obs=100, std=1, skewness=2.9).flags == ()


def test_values_that_are_all_equal_have_no_error():
    mean = HallMean.of(np.full(37, 0.1))
    assert (mean.value, mean.std, mean.standard_error) == (0.1, 0.0, 0.0)
    assert (mean.interval(0.9).low, mean.interval(0.9).high) == (0.1, 0.1)
    assert (mean.pvalue(0, "greater"), mean.pvalue(0, "less"), mean.pvalue(0.1, "less")) == (0.0, 1.0, 1.0)


def test_one_value_proves_nothing():
    mean = HallMean.of(np.array([3.0]))
    assert mean.pvalue(0, "greater") == mean.pvalue(0, "less") == 1.0
    assert mean.interval(0.5).low == -math.inf


@pytest.mark.parametrize("values", [[], [1.0, math.nan], [1.0, math.inf], [1e308, -1e308, 1e308]])
def test_values_without_a_mean_are_a_measurement_error(values):
    with pytest.raises(MeasurementError):
        HallMean.of(np.array(values, dtype=float))


def test_a_null_far_beyond_the_spread_is_decided():
    mean = HallMean.of(np.array([2.5e-153, 0.0, 0.0]))
    assert mean.pvalue(1.0, "greater") == pytest.approx(1)
    assert mean.pvalue(1.0, "less") == pytest.approx(0)


@settings(database=None, deadline=None)
@given(samples, levels, st.floats(-1e12, 1e12))
def test_no_sample_gives_nan_and_the_interval_agrees_with_the_pvalue(values, level, null):
    found = HallMean.of(values)
    for mean in (found, replace(found, skewness=0.0)):
        interval, tail = mean.interval(level), (1 - level) / 2
        width = interval.high - interval.low
        assert interval.low <= interval.high
        for end, alternative, outside in ((interval.low, "greater", null < interval.low), (interval.high, "less", null > interval.high)):
            pvalue = mean.pvalue(null, alternative)
            assert 0 <= pvalue <= 1
            if math.isfinite(width) and abs(null - end) > 1e-6 * max(width, abs(end), abs(null)):
                assert (pvalue < tail) == outside or abs(pvalue - tail) < 1e-6


@settings(database=None, deadline=None)
@given(samples, levels)
def test_a_negative_sample_mirrors(values, level):
    interval, mirrored = HallMean.of(values).interval(level), HallMean.of(-values).interval(level)
    assert (interval.low, interval.high) == pytest.approx((-mirrored.high, -mirrored.low), rel=1e-9)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.integers(0, 30)), min_size=1, max_size=8), st.integers(1, 5))
def test_counted_values_say_what_the_values_one_by_one_say(cells, more):
    values, count = (np.array(part) for part in zip(*cells, (1.5, more), strict=True))
    found, expected = HallMean.of_counts(values, count), HallMean.of(np.repeat(values, count))
    assert (found.value, found.n_obs) == (pytest.approx(expected.value, abs=1e-9), expected.n_obs)
    assert found.std == pytest.approx(expected.std, rel=1e-9, abs=1e-9)
    assert found.skewness == pytest.approx(expected.skewness, rel=1e-6, abs=1e-6)


def test_rows_that_were_not_met_widen_the_mean_of_counts():
    found = HallMean.of_counts(np.array([0.0, 1.0]), np.array([50, 50]), unseen=0.01)
    assert found.standard_error == pytest.approx(math.sqrt(HallMean.of_counts(np.array([0.0, 1.0]), np.array([50, 50])).standard_error ** 2 + 0.01))
