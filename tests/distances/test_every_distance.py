"""What must hold for each of our distances on any counts, beyond the suite that every distance passes (tests/conformance)."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.distance import Distance, Distribution
from mlgate.core.registry import load
from mlgate.core.statistic import Statistic

NAMES = ("psi", "ks", "total_variation", "jensen_shannon", "wasserstein", "cramers_v")
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
