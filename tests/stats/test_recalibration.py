"""The slope of logistic recalibration."""

import math

import numpy as np
import pytest
from scipy import optimize
from scipy.special import expit, logit

from mlgate.core.errors import MeasurementError
from mlgate.stats.recalibration import calibration_slope


def rows(n=3000, slope=1.0, seed=1):
    rng = np.random.default_rng(seed)
    line = rng.normal(-0.5, 1.2, n)
    return expit(line), rng.random(n) < expit(0.2 + slope * line)


@pytest.mark.parametrize("slope", [0.3, 1.0, 2.5])
def test_it_is_the_likeliest_line(slope):
    """scipy's general optimizer on the log-likelihood."""
    score, positive = rows(slope=slope)

    def unlikely(line):
        return np.logaddexp(0, np.where(positive, -1, 1) * (line[0] + line[1] * logit(score))).sum()

    expected = optimize.minimize(unlikely, [0.0, 1.0], method="BFGS", options={"gtol": 1e-8}).x[1]
    assert calibration_slope(score, positive).value == pytest.approx(expected, rel=1e-5)


def test_its_error_is_the_spread_over_fresh_samples():
    found = [calibration_slope(*rows(800, seed=seed)) for seed in range(300)]
    spread = np.std([one.value for one in found])
    assert np.mean([one.standard_error for one in found]) == pytest.approx(spread, rel=0.15)


def test_of_a_right_line_the_error_is_that_of_the_information():
    score, positive = rows(20_000)
    given = expit(0.2 + logit(score))
    design = np.column_stack([np.ones(len(score)), logit(score)])
    information = (design * (given * (1 - given))[:, None]).T @ design
    assert calibration_slope(score, positive).standard_error == pytest.approx(math.sqrt(np.linalg.inv(information)[1, 1]), rel=0.05)


def test_copies_of_a_row_count_once_where_they_are_one_group():
    score, positive = rows(500)
    single = calibration_slope(score, positive)
    copied = calibration_slope(np.repeat(score, 4), np.repeat(positive, 4), groups=np.repeat(np.arange(500), 4))
    assert copied.value == pytest.approx(single.value)
    assert copied.standard_error == pytest.approx(single.standard_error, rel=0.01)
    assert copied.n_obs == 500


def test_certain_scores_are_clipped():
    score, positive = rows(500)
    score[:3], positive[:3] = [0.0, 1.0, 1.0], [False, True, True]
    assert math.isfinite(calibration_slope(score, positive).value)


def test_what_has_no_slope_is_an_error():
    score, positive = rows(100)
    with pytest.raises(MeasurementError, match="one class"):
        calibration_slope(score, np.ones(100, dtype=bool))
    with pytest.raises(MeasurementError, match="all scores are equal"):
        calibration_slope(np.full(100, 0.3), positive)
    with pytest.raises(MeasurementError, match="separates"):
        calibration_slope(score, score > 0.5)


def test_few_rows_of_a_class_are_flagged():
    score, positive = rows(2000)
    keep = ~positive | (np.cumsum(positive) <= 24)
    assert calibration_slope(score[keep], positive[keep]).flags == ("24 rows of the rarer class, fewer than the 25 that the interval needs",)
