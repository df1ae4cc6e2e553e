import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Statistic
from mlgate.stats.paired import PairedProportion

# Published tables; digits by R 4.2.2 running contingencytables 3.0.1 (Fagerland, Lydersen and Laake), whose uniroot stops at about 1e-7.
CASES = {
    "Cavo et al. (2012)": (
        (161, 6, 16),
        (-0.12402343246533903, -0.005433395726110529),
        (-0.11312605305357613, -0.015058345906325172),
        0.034689664840698284,
    ),
    "Agresti (2002) table 10.1": (
        (1600, 150, 86),
        (0.021361574166770796, 0.05899803364986833),
        (0.02436008090616386, 0.05589513829266616),
        2.8933895176154746e-05,
    ),
    "Tango (1998) contact lenses": ((44, 0, 1), (-0.1180770984363244, 0.059393239692073684), (-0.09566242667140347, 0.036516949058286695), 0.5),
    "Fay, exact2x2 vignette": (
        (44, 2, 9),
        (-0.31160671037621396, -0.013176674089075212),
        (-0.2855152839338986, -0.03940851330933638),
        0.03857421875000004,
    ),
    "Raschka, mlxtend mcnemar": (
        (10000, 11, 1),
        (0.0003966935019554392, 0.0018799233684413464),
        (0.0004979524122682792, 0.0017072820333807804),
        0.0034179687500000035,
    ),
}


@st.composite
def tables(draw, most=2000):
    n = draw(st.integers(1, most))
    better = draw(st.integers(0, n))
    return PairedProportion(n_obs=n, better=better, worse=draw(st.integers(0, n - better)))


levels = st.floats(0.01, 0.9999)
nulls = st.floats(-1, 1).filter(lambda null: null != 0)


@pytest.mark.parametrize("name", CASES)
def test_published_tables_are_reproduced(name):
    (n, better, worse), tango95, tango90, mid_p = CASES[name]
    paired = PairedProportion(n_obs=n, better=better, worse=worse)
    for level, expected in ((0.95, tango95), (0.90, tango90)):
        interval = paired.interval(level)
        assert (interval.low, interval.high) == pytest.approx(expected, abs=3e-6)
    assert 2 * min(paired.pvalue(0, "less"), paired.pvalue(0, "greater")) == pytest.approx(mid_p, abs=1e-12)


def test_the_example_of_propcis_is_reproduced():
    interval = PairedProportion(n_obs=160, better=20, worse=40).interval(0.95)  # CRAN PropCIs 0.3-0, scoreci.mp(40, 20, 160)
    assert (interval.low, interval.high) == pytest.approx((-0.21806423366069794, -0.030864588916301727), abs=3e-6)


def test_it_is_a_statistic():
    assert isinstance(PairedProportion(n_obs=10, better=1, worse=2), Statistic)


def test_identical_predictions_never_prove_a_margin_that_n_cannot_carry():
    low = [PairedProportion(n_obs=n, better=0, worse=0).interval(0.9).low for n in (50, 200, 267, 268)]
    z = stats.norm.isf(0.05)
    assert low[:2] == pytest.approx([-(z**2) / (50 + z**2), -(z**2) / (200 + z**2)], abs=1e-12)
    assert [one > -0.01 for one in low] == [False, False, False, True]


def test_identical_predictions_still_have_a_standard_error_to_plan_with():
    paired = PairedProportion(n_obs=200, better=0, worse=0)
    half_width = paired.interval(2 * stats.norm.cdf(1) - 1).high
    assert paired.standard_error == pytest.approx(half_width, abs=1e-12)


def test_the_mid_p_is_the_binomial_one():
    paired = PairedProportion(n_obs=100, better=3, worse=9)
    expected = stats.binom.cdf(2, 12, 0.5) + stats.binom.pmf(3, 12, 0.5) / 2
    assert paired.pvalue(0, "less") == pytest.approx(expected, abs=1e-15)


def test_pvalues_resolve_the_share_of_one_among_ten_thousand_checks():
    assert 0 < PairedProportion(n_obs=1000, better=5, worse=60).pvalue(0, "less") < 0.05 / 10_000
    assert 0 < PairedProportion(n_obs=1000, better=5, worse=160).pvalue(-0.01, "less") < 0.05 / 10_000


def test_no_rows_are_a_measurement_error_and_impossible_counts_a_mistake():
    with pytest.raises(MeasurementError):
        PairedProportion(n_obs=0, better=0, worse=0)
    with pytest.raises(ValueError, match="do not fit"):
        PairedProportion(n_obs=3, better=2, worse=2)


def test_nulls_that_cannot_be_true_are_decided():
    paired = PairedProportion(n_obs=3, better=3, worse=0)
    assert (paired.pvalue(1.5, "less"), paired.pvalue(1.5, "greater")) == (0.0, 1.0)
    assert (paired.pvalue(-1.5, "less"), paired.pvalue(-1.5, "greater")) == (1.0, 0.0)


@settings(database=None, deadline=None)
@given(tables(), levels)
def test_the_interval_holds_the_estimate_and_stays_in_range(paired, level):
    interval = paired.interval(level)
    assert -1 <= interval.low <= paired.value <= interval.high <= 1
    assert 0 < paired.standard_error <= 1
    assert not math.isnan(interval.low + interval.high)


@settings(database=None, deadline=None)
@given(tables(), levels, nulls)
def test_swapping_candidate_and_baseline_mirrors_everything(paired, level, null):
    swapped = PairedProportion(n_obs=paired.n_obs, better=paired.worse, worse=paired.better)
    interval, mirrored = paired.interval(level), swapped.interval(level)
    assert (interval.low, interval.high) == pytest.approx((-mirrored.high, -mirrored.low), abs=1e-10)
    assert swapped.value == -paired.value
    assert paired.pvalue(null, "less") == swapped.pvalue(-null, "greater")
    assert paired.pvalue(0, "less") == swapped.pvalue(0, "greater")


@settings(database=None, deadline=None)
@given(tables(), levels, nulls)
def test_a_null_is_rejected_exactly_where_the_interval_leaves_it_out(paired, level, null):
    interval, tail = paired.interval(level), (1 - level) / 2
    for end, alternative, outside in ((interval.low, "greater", null < interval.low), (interval.high, "less", null > interval.high)):
        pvalue = paired.pvalue(null, alternative)
        assert 0 <= pvalue <= 1
        if abs(null - end) > 1e-9 and abs(pvalue - tail) > 1e-9:
            assert (pvalue < tail) == outside


def test_a_null_too_small_to_square_is_no_change():
    paired = PairedProportion(n_obs=2, better=0, worse=0)
    assert paired.pvalue(5e-324, "greater") == paired.pvalue(-5e-324, "less") == 0.5


@settings(database=None, deadline=None)
@given(tables(), levels)
def test_the_ends_solve_the_score_equation(paired, level):
    interval, tail = paired.interval(level), (1 - level) / 2
    assume(abs(interval.low) < 1 and abs(interval.high) < 1 and min(abs(interval.low), abs(interval.high)) > 1e-6)
    assert paired.pvalue(interval.low, "greater") == pytest.approx(tail, rel=1e-4)
    assert paired.pvalue(interval.high, "less") == pytest.approx(tail, rel=1e-4)
