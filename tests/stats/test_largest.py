import numpy as np
import pytest

from mlgate.stats.largest import Largest
from mlgate.stats.normal import NormalEstimate


def estimate(value, error=0.1, flags=()):
    return NormalEstimate(value=value, standard_error=error, n_obs=50, flags=flags)


def test_it_is_the_greatest_estimate_with_all_flags():
    largest = Largest((estimate(0.2), estimate(0.7, 0.05, ("few",)), estimate(0.5, flags=("few", "odd"))))
    assert (largest.value, largest.standard_error, largest.n_obs, largest.flags) == (0.7, 0.05, 50, ("few", "odd"))


def test_of_one_it_is_that_one():
    one = estimate(0.6)
    assert Largest((one,)).interval(0.9) == one.interval(0.9)
    assert Largest((one,)).pvalue(0.5, "greater") == one.pvalue(0.5, "greater")


@pytest.mark.parametrize("null", [0.3, 0.5, 0.8, 1.2])
def test_interval_and_p_values_agree(null):
    largest = Largest((estimate(0.7), estimate(0.6, 0.3)))
    shown = largest.interval(0.9)
    assert (largest.pvalue(null, "greater") <= 0.05) == (shown.low >= null)
    assert (largest.pvalue(null, "less") <= 0.05) == (shown.high <= null)


@pytest.mark.parametrize("correlation", [0.0, 0.9, 1.0])
def test_both_errors_are_kept_whatever_the_correlation(correlation):
    random = np.random.default_rng(1)
    shared, own = random.normal(size=(4000, 1)), random.normal(size=(4000, 3))
    noise = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    for truths in ((0.5, 0.5, 0.5), (0.5, 0.2, 0.2)):
        drawn = [Largest(tuple(estimate(truth + 0.1 * error) for truth, error in zip(truths, row, strict=True))) for row in noise]
        for alternative in ("greater", "less"):
            wrong = np.mean([one.pvalue(0.5, alternative) <= 0.05 for one in drawn])
            assert wrong <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 4000)
