import math

import pytest

from mlgate.core.claim import Claim
from mlgate.run.sizing import deciding_rows
from mlgate.stats.normal import NormalEstimate
from mlgate.stats.proportion import Proportion

POWER = 1.2816  # standard normal quantile of a power of 0.9
PASS_ERROR, SHARE = 1.6449, 2.3263  # of an error of 0.05 and of a share of 0.01


def rows(statistic, *, low=None, high=None, null=None, undecided=True):
    claim = Claim("", statistic, low=low, high=high, null=null)
    return deciding_rows(claim, error_of_pass=0.05, share=0.01, power=0.9, undecided=undecided)


def estimate(value, standard_error, n_obs=1000):
    return NormalEstimate(value=value, standard_error=standard_error, n_obs=n_obs)


def test_an_estimate_inside_is_planned_for_a_pass_and_one_outside_for_a_fail():
    assert rows(estimate(0.0, 0.01), low=-0.02) == pytest.approx(1000 * ((PASS_ERROR + POWER) * 0.01 / 0.02) ** 2, abs=1)
    assert rows(estimate(-0.04, 0.01), low=-0.02) == pytest.approx(1000 * ((SHARE + POWER) * 0.01 / 0.02) ** 2, abs=1)


def test_the_value_of_no_change_is_planned_for_before_the_estimate():
    assert rows(estimate(-0.019, 0.01), low=-0.02, null=0.0) == pytest.approx(1000 * ((PASS_ERROR + POWER) * 0.01 / 0.02) ** 2, abs=1)


def test_a_bound_that_no_change_breaks_is_planned_for_the_estimate():
    assert rows(estimate(0.03, 0.02), low=0.01, null=0.0) == pytest.approx(1000 * ((PASS_ERROR + POWER) * 0.02 / 0.02) ** 2, abs=1)


def test_the_nearer_of_two_bounds_decides():
    assert rows(estimate(0.02, 0.02), low=-0.5, high=0.03) == rows(estimate(0.02, 0.02), high=0.03)


def test_an_undecided_claim_is_never_told_fewer_rows_than_it_has():
    statistic = estimate(-0.01, 0.004)  # planned for no change, 344 of these 1,000 rows would do; the estimate itself says otherwise
    assert rows(statistic, low=-0.02, null=0.0, undecided=False) == 343
    assert rows(statistic, low=-0.02, null=0.0) == 1371


def test_no_number_is_promised_where_the_width_does_not_stand_in_the_way():
    assert rows(estimate(0.0, 0.001), low=-0.02) is None
    assert rows(estimate(0.0, 0.001), low=-0.02, undecided=False) == 22


@pytest.mark.parametrize("statistic", [estimate(-0.02, 0.01), estimate(0.0, math.inf), estimate(0.0, 0.0)])
def test_an_estimate_on_the_bound_or_without_a_usable_error_has_no_number(statistic):
    assert rows(statistic, low=-0.02) is None


def test_an_interval_that_is_wider_on_the_side_of_the_bound_asks_for_more_rows():
    statistic = Proportion(successes=1, n_obs=1000)
    upper = statistic.interval(0.9).high
    spread = (upper - 0.001) / PASS_ERROR
    assert rows(statistic, high=0.002) == pytest.approx(1000 * ((PASS_ERROR + POWER) * spread / 0.001) ** 2, rel=1e-3)
    assert spread > 2 * statistic.standard_error
