"""The ratio of two independent shares."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from mlgate.core.errors import MeasurementError
from mlgate.stats.ratio import ProportionRatio

CASES = [(36, 40, 16, 80), (5, 56, 3, 29), (0, 20, 7, 30), (12, 12, 9, 30), (50, 100, 50, 100)]


def ratio(x1, n1, x2, n2):
    return ProportionRatio(x1=x1, n1=n1, x2=x2, n2=n2)


def test_the_published_interval_of_koopman():
    """Koopman (1984, Biometrics 40:513): 36 of 40 against 16 of 80, 95 % from 2.94 to 7.15 (without the factor N / (N - 1))."""
    found = ratio(36, 40, 16, 80).interval(0.95)
    assert (found.low, found.high) == pytest.approx((2.94, 7.15), abs=0.03)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("null", [0.3, 0.8, 1.0, 2.5])
def test_p_is_that_of_the_score_at_the_likeliest_shares_with_this_ratio(case, null):
    """The constrained maximum found by a general optimizer."""
    x1, n1, x2, n2 = case

    def unlikely(second):
        return -stats.binom.logpmf(x1, n1, null * second) - stats.binom.logpmf(x2, n2, second)

    second = optimize.minimize_scalar(unlikely, bounds=(1e-12, min(1.0, 1 / null) - 1e-12), method="bounded", options={"xatol": 1e-13}).x
    first = null * second
    variance = (first * (1 - first) / n1 + null**2 * second * (1 - second) / n2) * (n1 + n2) / (n1 + n2 - 1)
    score = (x1 / n1 - null * x2 / n2) / math.sqrt(variance)
    assert ratio(*case).pvalue(null, "less") == pytest.approx(stats.norm.cdf(score), abs=2e-5)


@pytest.mark.parametrize("case", CASES)
def test_p_and_interval_agree_and_turning_round_mirrors(case):
    found = ratio(*case)
    interval, other = found.interval(0.9), ratio(*case[2:], *case[:2]).interval(0.9)
    if interval.low > 0:
        assert found.pvalue(interval.low, "greater") == pytest.approx(0.05, abs=1e-6)
        assert other.high == pytest.approx(1 / interval.low)
    assert found.pvalue(interval.high, "less") == pytest.approx(0.05, abs=1e-6)


def test_shares_of_zero_say_nothing_of_their_ratio():
    nothing = ratio(0, 50, 0, 60)
    assert nothing.value == 1
    assert (nothing.interval(0.9).low, nothing.interval(0.9).high) == (0, np.inf)
    assert nothing.pvalue(0.8, "less") == pytest.approx(0.5)
    assert ratio(3, 50, 0, 60).value == np.inf
    with pytest.raises(MeasurementError, match="no rows"):
        ratio(0, 0, 1, 2)
