"""The difference of two independent estimates."""

from dataclasses import dataclass

import pytest
from scipy import stats

from mlgate.core.statistic import Interval
from mlgate.stats.apart import Apart
from mlgate.stats.normal import NormalEstimate


@dataclass(frozen=True)
class Wilson:
    """A share with Wilson's (1927) limits, for the published case."""

    successes: int
    n_obs: int
    flags: tuple = ()
    standard_error: float = 0.05

    @property
    def value(self):
        return self.successes / self.n_obs

    def interval(self, confidence_level):
        found = stats.binomtest(self.successes, self.n_obs).proportion_ci(confidence_level, method="wilson")
        return Interval(found.low, found.high, confidence_level)


def test_of_wilsons_limits_it_is_newcombes_published_interval():
    """Newcombe (1998, Stat. Med. 17:873), method 10: 56 of 70 against 48 of 80, and 9 of 10 against 3 of 10, at 95 %."""
    for pair, expected in ((((56, 70), (48, 80)), (0.0524, 0.3339)), (((9, 10), (3, 10)), (0.1705, 0.8090))):
        found = Apart(*(Wilson(*one) for one in pair)).interval(0.95)
        assert (found.low, found.high) == pytest.approx(expected, abs=5e-5)


def test_of_normal_estimates_it_is_the_usual_one():
    one, other = NormalEstimate(value=0.5, standard_error=0.03, n_obs=100), NormalEstimate(value=0.4, standard_error=0.04, n_obs=50, flags=("few",))
    found = Apart(one, other)
    assert found.interval(0.9).low == pytest.approx(0.1 - 1.6448536 * 0.05)
    assert found.pvalue(0, "greater") == pytest.approx(stats.norm.sf(2), rel=1e-6)
    assert found.pvalue(0, "less") == pytest.approx(stats.norm.cdf(2), rel=1e-6)
    assert found.pvalue(0.1, "less") == pytest.approx(0.5, abs=1e-5)
    assert found.pvalue(0.2, "less") == pytest.approx(stats.norm.cdf(-2), rel=1e-6)
    assert found.flags == ("few",)


def test_an_estimate_without_a_known_error_decides_nothing():
    one = NormalEstimate(value=0.5, standard_error=float("inf"), n_obs=1)
    assert Apart(one, NormalEstimate(value=0.1, standard_error=0.01, n_obs=9)).pvalue(0, "greater") == 1


def test_p_far_beyond_every_interval_is_0_and_not_an_error():
    one, other = NormalEstimate(value=9.0, standard_error=0.01, n_obs=100), NormalEstimate(value=0.0, standard_error=0.01, n_obs=100)
    assert Apart(one, other).pvalue(0, "greater") < 1e-15
