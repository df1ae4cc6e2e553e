"""The calibration error without its bias."""

import math

import numpy as np
import pytest
from scipy import stats

from mlgate.core.errors import MeasurementError
from mlgate.stats.calibration import Bins, CalibrationError, noncentral_chi_square, rows_for_error


def rows(n=1000, *, shift=0.0, seed=1):
    rng = np.random.default_rng(seed)
    score = rng.beta(2, 2, n)
    return score, rng.random(n) < np.clip(score + shift, 0, 1)


def error(score, positive, bins=15, **keys):
    return CalibrationError.of(Bins.of(score, positive, bins=bins), positive, **keys)


def test_it_is_the_sum_over_bins_less_what_shares_scatter():
    """Kumar, Liang and Ma (2019), eq. 7, in plain loops over 5 bins of 2 rows by hand."""
    score = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95] * 2)
    positive = np.array([0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1], dtype=bool)
    found = error(score, positive, bins=2)
    total = bias = 0.0
    for low, high in ((0.0, 0.55), (0.55, 1.0)):
        own = (score > low) & (score <= high)
        share, n = positive[own].mean(), own.sum()
        total += n / 20 * (share - score[own].mean()) ** 2
        bias += n / 20 * share * (1 - share) / (n - 1)
    assert (found.total, found.bias) == pytest.approx((total, bias))
    assert found.value == pytest.approx(math.sqrt(max(0, total - bias)))


def test_bins_hold_about_as_many_rows_and_never_cut_through_equal_scores():
    score, positive = rows(1501)
    assert set(Bins.of(score, positive, bins=15).rows) == {100, 101}
    tied = np.round(score, 1)
    bins = Bins.of(tied, positive, bins=15)
    assert all(len(set(bins.code[tied == value])) == 1 for value in set(tied))
    assert (bins.rows >= 2).all()
    assert (bins.low[1:] > bins.high[:-1]).all()


def test_few_rows_make_fewer_bins_and_equal_scores_make_one():
    score, positive = rows(45)
    assert len(Bins.of(score, positive, bins=15)) == 4
    assert len(Bins.of(np.full(45, 0.3), positive, bins=15)) == 1
    with pytest.raises(MeasurementError, match="says nothing"):
        Bins.of(score[:1], positive[:1], bins=15)


def test_a_bin_of_one_row_goes_to_its_neighbour():
    score = np.array([0.1, *[0.5] * 30, 0.9])
    assert Bins.of(score, score > 0.3, bins=3).rows.tolist() == [32]


def test_the_plain_error_of_a_perfect_model_is_above_0_and_this_one_is_not_on_average():
    found = [error(*rows(1000, seed=seed)) for seed in range(200)]
    assert np.mean([math.sqrt(one.total) for one in found]) > 0.04
    assert abs(np.mean([one.total - one.bias for one in found])) < 3e-4


def test_a_shift_of_all_probabilities_is_found():
    found = error(*rows(20_000, shift=0.1))
    assert found.value == pytest.approx(0.098, abs=0.01)
    assert found.pvalue(0.05, "greater") < 1e-6
    assert found.interval(0.9).low < 0.098 < found.interval(0.9).high


def test_p_and_interval_agree():
    for shift in (0.0, 0.02, 0.2):
        found = error(*rows(2000, shift=shift))
        interval = found.interval(0.9)
        assert found.pvalue(interval.high, "less") == pytest.approx(0.05, abs=1e-6)
        assert interval.low == 0 or found.pvalue(interval.low, "greater") == pytest.approx(0.05, abs=1e-6)


def test_a_perfect_model_stays_below_the_noise_floor_in_19_of_20_cases():
    found = [error(*rows(500, seed=seed)) for seed in range(400)]
    assert np.mean([one.value > one.noise_floor for one in found]) <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / 400)


def test_rows_that_are_copies_of_each_other_count_once():
    score, positive = rows(400)
    single = error(score, positive)
    copied = error(np.repeat(score, 5), np.repeat(positive, 5), groups=np.repeat(np.arange(400), 5))
    assert copied.n_obs == 400
    assert copied.bias == pytest.approx(single.bias, rel=0.1)
    assert copied.interval(0.9).high == pytest.approx(single.interval(0.9).high, rel=0.15)


def test_scores_of_0_and_1_that_are_right_have_no_error_and_no_proof_of_it_on_few_rows():
    score = np.repeat([0.0, 1.0], 20)
    found = error(score, score > 0.5)
    assert found.value == 0
    assert found.flags == ("40 rows are too few for a calibration error (at least 100)",)


@pytest.mark.parametrize("df", [0.5, 3.0, 15.0])
@pytest.mark.parametrize("noncentrality", [0.0, 5.0, 500.0, 9_000.0, 20_000.0, 1e6])
@pytest.mark.parametrize("z", [-3, -1, 0, 1, 3])
def test_the_noncentral_chi_square_is_scipys(df, noncentrality, z):
    point = df + noncentrality + z * math.sqrt(2 * (df + 2 * noncentrality))
    if point > 0:
        expected = stats.ncx2.cdf(point, df, noncentrality) if noncentrality else stats.chi2.cdf(point, df)
        assert noncentral_chi_square(point, df=df, noncentrality=noncentrality) == pytest.approx(expected, rel=1e-3, abs=1e-7)


def test_planned_rows_pass_about_as_often_as_planned():
    n = rows_for_error(0.05, bins=15, alpha=0.05, power=0.9)
    rng = np.random.default_rng(3)
    passed = 0
    for _ in range(300):
        score = rng.uniform(0.45, 0.55, n)
        passed += error(score, rng.random(n) < score).interval(0.9).high < 0.05
    assert passed / 300 == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / 300) + 0.02)
