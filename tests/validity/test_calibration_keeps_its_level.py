"""Calibration: how often a perfect model fails and one at the tolerance passes."""

import math

import numpy as np
import pytest
from scipy.special import expit, logit

from mlgate.stats.calibration import Bins, CalibrationError
from mlgate.stats.mean import HallMean
from mlgate.stats.recalibration import calibration_slope

from .rates import assert_about, assert_at_most, draws

SCORES = {"even": (2, 2), "rare": (1, 19), "extreme": (0.3, 0.3)}


def error(score, positive, **keys):
    return CalibrationError.of(Bins.of(score, positive, bins=15), positive, **keys)


@draws(500, 5000)
@pytest.mark.parametrize("n", [300, 3000])
@pytest.mark.parametrize("scores", SCORES)
def test_a_perfect_model_is_said_to_be_off_no_more_often_than_stated(scores, n, n_draws):
    """At a tolerance of nothing, also far into the tail that a gate with forty checks decides by."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(n_draws):
        score = rng.beta(*SCORES[scores], n)
        found.append(error(score, rng.random(n) < score).pvalue(0.0, "greater"))
    for level in (0.05, 0.005):
        assert_at_most(np.mean(np.array(found) <= level), level, n_draws, slack=level / 10)


def shifted(rng, n, tolerance, where):
    """Scores whose binned error is `tolerance`: the same in all rows, or all of it in one bin of fifteen, where it is harder to see."""
    score = rng.uniform(0.2, 0.8, n)
    off = tolerance if where == "everywhere" else math.sqrt(15) * tolerance * (score < 0.24)
    return score, rng.random(n) < score + off


@draws(500, 5000)
@pytest.mark.parametrize("where", ["everywhere", "in one bin"])
@pytest.mark.parametrize("n", [500, 5000])
def test_a_model_at_the_tolerance_passes_and_fails_no_more_often_than_stated(n, where, n_draws):
    rng = np.random.default_rng(2)
    found = [error(*shifted(rng, n, 0.05, where)) for _ in range(n_draws)]
    assert_at_most(np.mean([one.interval(0.9).high < 0.05 for one in found]), 0.05, n_draws, slack=0.005)
    assert_at_most(np.mean([one.pvalue(0.05, "greater") <= 0.05 for one in found]), 0.05, n_draws, slack=0.005)


@draws(300, 2000)
def test_users_with_a_level_of_their_own_do_not_make_a_perfect_model_fail(n_draws):
    """Fifty users of twenty rows; taken for independent rows, they do."""
    rng = np.random.default_rng(3)
    user = np.repeat(np.arange(50), 20)
    by_user, by_row = 0, 0
    for _ in range(n_draws):
        line = rng.normal(size=1000)
        wide = rng.normal(0, 1.0, 50)[user]
        score = expit(line / math.sqrt(1 + 0.346))  # about what is left of the line where the user's own level is not known
        positive = rng.random(1000) < expit(line + wide)
        by_user += error(score, positive, groups=user).pvalue(0.02, "greater") <= 0.05
        by_row += error(score, positive).pvalue(0.02, "greater") <= 0.05
    assert_at_most(by_user / n_draws, 0.05, n_draws, slack=0.01)
    assert by_row > 2 * by_user


@draws(500, 5000)
@pytest.mark.parametrize(("n", "slope"), [(500, 1.0), (2000, 1.0), (2000, 0.6)])
def test_the_slope_misses_about_as_often_as_stated(n, slope, n_draws):
    rng = np.random.default_rng(4)
    found = []
    for _ in range(n_draws):
        score = rng.beta(2, 3, n)
        found.append(calibration_slope(score, rng.random(n) < expit(slope * logit(score))).interval(0.9))
    assert_about(np.mean([one.low > slope for one in found]), 0.05, n_draws, slack=0.01)
    assert_about(np.mean([one.high < slope for one in found]), 0.05, n_draws, slack=0.01)


@draws(1000, 20_000)
@pytest.mark.parametrize("scores", ["even", "rare"])
def test_the_mean_and_spiegelhalters_excess_miss_about_as_often_as_stated(scores, n_draws):
    rng = np.random.default_rng(5)
    means, excesses = [], []
    for _ in range(n_draws):
        score = rng.beta(*SCORES[scores], 1000)
        off = (rng.random(1000) < score) - score
        means.append(HallMean.of(off).interval(0.9))
        excesses.append(HallMean.of(off * (1 - 2 * score)).interval(0.9))
    for found in (means, excesses):
        assert_about(np.mean([one.low > 0 for one in found]), 0.05, n_draws, slack=0.01)
        assert_about(np.mean([one.high < 0 for one in found]), 0.05, n_draws, slack=0.01)
