"""What must hold for each distance, whatever it measures."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.distance import Distance, Distribution
from mlgate.core.errors import MeasurementError
from mlgate.core.registry import load
from mlgate.core.statistic import Statistic

NAMES = ("psi", "ks", "total_variation")
levels = st.floats(0.01, 0.9999)


@st.composite
def distributions(draw):
    counts = draw(st.dictionaries(st.integers(-20, 20), st.integers(1, 500), min_size=1, max_size=15))
    return Distribution(counts, draw(st.integers(0, 3)), numeric=True)


def distance(name):
    return load("distances", name)()


@pytest.mark.parametrize("name", NAMES)
def test_it_is_found_by_its_file_name(name):
    found = distance(name)
    assert isinstance(found, Distance)
    assert found.name == name
    assert 0 < found.default_at_most < 1


@pytest.mark.parametrize("name", NAMES)
@settings(database=None, deadline=None)
@given(current=distributions(), reference=distributions(), level=levels)
def test_bounds_hold_the_value_and_nothing_is_nan(name, current, reference, level):
    statistic = distance(name).statistic(current, reference)
    assert isinstance(statistic, Statistic)
    interval = statistic.interval(level)
    assert 0 <= interval.low <= statistic.value + 1e-12
    assert statistic.value <= interval.high + 1e-12
    assert statistic.standard_error > 0
    assert math.isfinite(interval.high)
    assert distance(name).noise_floor(current, reference, 0.05) >= 0


@pytest.mark.parametrize("name", NAMES)
@settings(database=None, deadline=None)
@given(current=distributions(), reference=distributions(), level=levels, null=st.floats(-0.1, 1))
def test_a_tolerance_is_rejected_exactly_where_the_bounds_leave_it_out(name, current, reference, level, null):
    statistic = distance(name).statistic(current, reference)
    interval, tail = statistic.interval(level), (1 - level) / 2
    for end, alternative, outside in ((interval.low, "greater", null < interval.low), (interval.high, "less", null > interval.high)):
        pvalue = statistic.pvalue(null, alternative)
        assert 0 <= pvalue <= 1
        if null >= 0 and abs(null - end) > 1e-9 and abs(pvalue - tail) > 1e-9:
            assert (pvalue < tail) == outside


@pytest.mark.parametrize("name", NAMES)
def test_a_few_rows_that_are_all_alike_do_not_prove_a_tolerance(name):
    few, many = (Distribution({1: n}, 0, numeric=True) for n in (10, 10_000))
    found = distance(name)
    assert found.statistic(few, few).interval(0.9).high > found.default_at_most
    assert found.statistic(many, many).interval(0.9).high < found.default_at_most


@pytest.mark.parametrize("name", NAMES)
def test_large_samples_far_apart_fail_and_alike_pass(name):
    rng = np.random.default_rng(1)
    samples = [Distribution(dict.fromkeys(rng.normal(mean, size=20_000), 1), 0, numeric=True) for mean in (0.0, 0.0, 1.0)]
    found = distance(name)
    tolerance, share = found.default_at_most, 0.05 / 10_000
    assert found.statistic(samples[1], samples[0]).pvalue(tolerance, "less") < share
    assert 0 <= found.statistic(samples[2], samples[0]).pvalue(tolerance, "greater") < share


@pytest.mark.parametrize("name", NAMES)
def test_the_noise_floor_falls_with_the_rows_and_rises_with_the_demand(name):
    small, large = (Distribution(dict.fromkeys(range(20), n), 0, numeric=True) for n in (10, 1000))
    found = distance(name)
    assert found.noise_floor(small, small, 0.05) > found.noise_floor(large, large, 0.05)
    assert found.noise_floor(large, large, 1e-6) > found.noise_floor(large, large, 0.05)


@pytest.mark.parametrize("name", NAMES)
def test_nulls_are_left_out(name):
    one, other = (Distribution({1: 50, 2: 60}, nulls, numeric=True) for nulls in (0, 1000))
    assert distance(name).statistic(one, one) == distance(name).statistic(other, one)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_side_is_a_measurement_error(name):
    empty, full = Distribution({}, 5, numeric=True), Distribution({1: 3}, 0, numeric=True)
    for sides in ((empty, full), (full, empty)):
        with pytest.raises(MeasurementError):
            distance(name).statistic(*sides)
        with pytest.raises(MeasurementError):
            distance(name).noise_floor(*sides, 0.05)
