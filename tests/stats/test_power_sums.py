import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlgate.stats.power_sums import PowerSums

values = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=60)


def sums_of(numbers, rows=None):
    array = np.asarray(numbers, dtype=float)
    odd = int(np.count_nonzero((array != 0) & (array != 1)))
    return PowerSums(
        rows=len(array) if rows is None else rows,
        values=len(array),
        total=math.fsum(array),
        squares=math.fsum(array**2),
        cubes=math.fsum(array**3),
        odd=odd,
    )


@given(values)
def test_mean_and_variance_are_numpys(numbers):
    found = sums_of(numbers)
    scale = max(1.0, float(np.abs(numbers).max()) ** 2)
    assert found.mean == pytest.approx(np.mean(numbers), abs=1e-9 * scale)
    assert found.variance == pytest.approx(np.var(numbers, ddof=1), abs=1e-9 * scale)


def test_skewness_is_scipys():
    numbers = np.random.default_rng(1).exponential(size=500) + 3
    assert sums_of(numbers).skewness == pytest.approx(stats.skew(numbers), rel=1e-9)


@given(values, values)
def test_two_parts_add_up_to_the_whole(first, second):
    parts, whole = sums_of(first) + sums_of(second), sums_of([*first, *second])
    assert (parts.rows, parts.values, parts.odd) == (whole.rows, whole.values, whole.odd)
    assert (parts.total, parts.squares, parts.cubes) == pytest.approx((whole.total, whole.squares, whole.cubes), rel=1e-9, abs=1e-3)


def test_equal_values_have_no_spread_whatever_their_sums_lose():
    found = sums_of([0.1] * 1000)
    assert (found.variance, found.skewness) == (0.0, 0.0)


def test_nulls_are_rows_without_values():
    found = sums_of([1, 0], rows=5)
    assert found.nulls == 3
    assert math.isnan(PowerSums(rows=3).mean)


def test_infinite_and_too_large_values_are_not_finite():
    assert not PowerSums(rows=1, values=1, total=math.inf, squares=math.inf, cubes=math.inf, odd=1).finite
    assert not PowerSums(rows=2, values=2, total=1e200, squares=math.inf, cubes=math.inf, odd=1).finite
