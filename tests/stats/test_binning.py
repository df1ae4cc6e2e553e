import datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.distance import Distribution
from mlgate.core.errors import MeasurementError
from mlgate.stats.binning import by_level, by_reference_bins, ordered

numbers = st.dictionaries(st.floats(allow_nan=False) | st.integers(-5, 5).map(float), st.integers(1, 1000), min_size=1, max_size=60)


def numeric(counts):
    return Distribution(counts, 0, numeric=True)


def test_levels_of_both_sides_are_counted():
    current, reference = by_level(Distribution({"b": 3, "c": 4}, 0, numeric=False), Distribution({"a": 1, "b": 2}, 9, numeric=False))
    assert (current.tolist(), reference.tolist()) == ([0, 3, 4], [1, 2, 0])


def test_a_continuous_reference_has_bins_of_equal_mass():
    reference = numeric(dict.fromkeys(np.random.default_rng(1).normal(size=1000), 1))
    _, in_reference = by_reference_bins(reference, reference, 10)
    assert in_reference.tolist() == [100] * 10


def test_a_heavy_value_has_a_bin_of_its_own():
    reference = numeric({-1.0: 2, 0.0: 90, 1.0: 8})
    current, in_reference = by_reference_bins(numeric({-2.0: 5, 0.0: 1, 3.0: 4}), reference, 10)
    assert (current.tolist(), in_reference.tolist()) == ([5, 1, 4], [2, 90, 8])


def test_a_value_of_exactly_the_mass_of_a_bin_is_heavy():
    reference = numeric({**dict.fromkeys(map(float, range(90)), 1), 44.5: 10})
    current, in_reference = by_reference_bins(numeric({44.5: 3}), reference, 10)
    assert in_reference[current == 3].tolist() == [10]


@settings(database=None, deadline=None)
@given(st.dictionaries(st.integers(-50, 50).map(float), st.integers(1, 40), min_size=1, max_size=60), st.integers(2, 20))
def test_a_value_above_the_reference_has_no_bin_of_its_own_unless_the_largest_one_has(counts, n_bins):
    current, in_reference = by_reference_bins(numeric({1e6: 1}), numeric(counts), n_bins)
    largest_is_heavy = counts[max(counts)] * n_bins >= sum(counts.values())
    assert (in_reference[current == 1] == 0).all() == largest_is_heavy


def test_values_beyond_a_constant_reference_are_seen():
    current, in_reference = by_reference_bins(numeric({4: 7, 6: 2}), numeric({5: 10}), 10)
    assert (current.tolist(), in_reference.tolist()) == ([7, 0, 2], [0, 10, 0])


@settings(database=None, deadline=None)
@given(numbers, numbers)
def test_no_row_is_lost_and_no_bin_is_empty_in_both(current, reference):
    in_current, in_reference = by_reference_bins(numeric(current), numeric(reference), 10)
    assert in_current.sum() == sum(current.values())
    assert in_reference.sum() == sum(reference.values())
    assert (in_current + in_reference > 0).all()
    assert len(in_current) <= 21


def test_numbers_of_any_type_are_ordered():
    values, counts = ordered(numeric({Decimal("2.5"): 1, 1: 2, np.float64(-3): 4}))
    assert (values.tolist(), counts.tolist()) == ([-3.0, 1.0, 2.5], [4, 2, 1])


@pytest.mark.parametrize("value", ["red", datetime.date(2026, 1, 1)])
def test_values_without_a_size_are_a_measurement_error(value):
    with pytest.raises(MeasurementError, match="no size"):
        ordered(numeric({value: 1}))


@pytest.mark.parametrize(("current", "reference"), [({}, {1: 1}), ({1: 1}, {})])
def test_a_side_without_rows_is_a_measurement_error(current, reference):
    with pytest.raises(MeasurementError, match="no non-null value"):
        by_level(numeric(current), numeric(reference))
    with pytest.raises(MeasurementError, match="no non-null value"):
        by_reference_bins(numeric(current), numeric(reference), 10)
