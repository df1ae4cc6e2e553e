import warnings
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlgate.core.distance import Distribution
from mlgate.core.errors import MeasurementError
from mlgate.distances.ks import KolmogorovSmirnov

KS = KolmogorovSmirnov()
samples = st.lists(st.integers(-8, 8).map(float) | st.floats(-1e6, 1e6), min_size=1, max_size=60)


@settings(database=None, deadline=None)
@given(samples, samples)
def test_the_value_is_that_of_scipy(current, reference):
    statistic = KS.statistic(*(Distribution(Counter(values), 0, numeric=True) for values in (current, reference)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy's p-value divides by zero for single values; only its statistic is asked for
        expected = stats.ks_2samp(current, reference, method="asymp").statistic
    assert statistic.value == pytest.approx(expected, abs=1e-12)
    assert statistic.n_obs == min(len(current), len(reference))


def test_the_lower_bound_is_kolmogorovs_band_and_the_upper_one_normal(counted):
    rng = np.random.default_rng(1)
    current, reference = rng.normal(0.5, size=400), rng.normal(size=500)
    statistic = KS.statistic(counted(current), counted(reference))
    interval, band = statistic.interval(0.9), np.sqrt(1 / 400 + 1 / 500)
    assert interval.low == pytest.approx(statistic.value - stats.kstwobign.isf(0.05) * band, abs=1e-9)
    points = np.sort(np.concatenate([current, reference]))
    f, g = ((points[:, None] >= np.sort(values)).mean(axis=1) for values in (current, reference))
    at = np.argmax(np.abs(f - g))
    error = np.sqrt(f[at] * (1 - f[at]) / 400 + g[at] * (1 - g[at]) / 500)
    assert interval.high == pytest.approx(statistic.value + stats.norm.isf(0.05) * error, abs=1e-9)


def test_the_noise_floor_is_kolmogorovs(counted):
    current, reference = counted(np.arange(200.0)), counted(np.arange(300.0))
    assert KS.noise_floor(current, reference, 0.05) == pytest.approx(1.3581 * np.sqrt(1 / 200 + 1 / 300), rel=1e-4)


def test_infinities_have_their_place(counted):
    assert KS.statistic(counted([np.inf] * 5), counted([-np.inf] * 5)).value == 1.0


def test_categories_have_no_order(counted):
    with pytest.raises(MeasurementError, match="no size"):
        KS.statistic(counted("abc", numeric=False), counted("abc", numeric=False))
