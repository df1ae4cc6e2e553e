import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Statistic
from mlgate.stats.proportion import Proportion, ProportionDifference


@st.composite
def shares(draw):
    n = draw(st.integers(1, 5000))
    return Proportion(successes=draw(st.integers(0, n)), n_obs=n)


@st.composite
def pairs(draw):
    first, second = draw(shares()), draw(shares())
    return ProportionDifference(x1=first.successes, n1=first.n_obs, x2=second.successes, n2=second.n_obs)


levels = st.floats(0.01, 0.9999)


@settings(database=None, deadline=None)
@given(shares(), levels, st.floats(0.001, 0.999))
def test_a_share_agrees_with_scipys_exact_binomial_test(share, level, null):
    interval = share.interval(level)
    exact = stats.binomtest(share.successes, share.n_obs).proportion_ci(level, method="exact")
    assert (interval.low, interval.high) == pytest.approx((exact.low, exact.high), abs=1e-9)
    assert interval.low <= share.value <= interval.high
    for alternative in ("less", "greater"):
        expected = stats.binomtest(share.successes, share.n_obs, null, alternative=alternative).pvalue
        assert share.pvalue(null, alternative) == pytest.approx(expected, rel=1e-8, abs=1e-200)


def test_both_are_statistics():
    assert isinstance(Proportion(successes=1, n_obs=3), Statistic)
    assert isinstance(ProportionDifference(x1=1, n1=3, x2=1, n2=3), Statistic)


def test_no_violation_in_few_rows_proves_little_and_still_plans():
    none = Proportion(successes=0, n_obs=20)
    assert none.interval(0.9).high == pytest.approx(1 - 0.05 ** (1 / 20), abs=1e-12)
    assert none.standard_error > 0


def test_shares_that_cannot_be_true_are_decided():
    share = Proportion(successes=0, n_obs=20)
    assert (share.pvalue(0.0, "greater"), share.pvalue(0.0, "less")) == (1.0, 1.0)
    assert (share.pvalue(-0.1, "greater"), share.pvalue(1.1, "less")) == (0.0, 0.0)
    assert Proportion(successes=1, n_obs=20).pvalue(0.0, "greater") == 0.0
    assert Proportion(successes=19, n_obs=20).pvalue(1.0, "less") == 0.0


def test_the_published_miettinen_nurminen_interval_is_reproduced():
    interval = ProportionDifference(x1=56, n1=70, x2=48, n2=80).interval(0.95)  # Newcombe (1998) Stat. Med. 17:873, table II (a)
    assert (interval.low, interval.high) == pytest.approx((0.0528, 0.3382), abs=5.1e-5)


def test_a_difference_without_spread_still_has_an_interval_and_an_error():
    same = ProportionDifference(x1=0, n1=20, x2=0, n2=30)
    assert same.interval(0.9).low < 0 < same.interval(0.9).high
    assert same.standard_error > 0
    assert same.pvalue(0.0, "greater") == same.pvalue(0.0, "less") == 0.5


@settings(database=None, deadline=None)
@given(pairs(), levels, st.floats(-1, 1))
def test_a_difference_mirrors_holds_its_estimate_and_agrees_with_its_pvalue(pair, level, null):
    interval, tail = pair.interval(level), (1 - level) / 2
    assert -1 <= interval.low <= pair.value <= interval.high <= 1
    swapped = ProportionDifference(x1=pair.x2, n1=pair.n2, x2=pair.x1, n2=pair.n1)
    mirrored = swapped.interval(level)
    assert (interval.low, interval.high) == pytest.approx((-mirrored.high, -mirrored.low), abs=1e-6)
    assert pair.pvalue(null, "less") == pytest.approx(swapped.pvalue(-null, "greater"), abs=1e-5)
    for end, alternative, outside in ((interval.low, "greater", null < interval.low), (interval.high, "less", null > interval.high)):
        pvalue = pair.pvalue(null, alternative)
        assert 0 <= pvalue <= 1
        if abs(null - end) > 1e-6 and abs(pvalue - tail) > 1e-6:
            assert (pvalue < tail) == outside


def test_no_rows_are_a_measurement_error_and_impossible_counts_a_mistake():
    with pytest.raises(MeasurementError):
        Proportion(successes=0, n_obs=0)
    with pytest.raises(MeasurementError):
        ProportionDifference(x1=0, n1=3, x2=0, n2=0)
    with pytest.raises(ValueError, match="do not fit"):
        Proportion(successes=4, n_obs=3)
