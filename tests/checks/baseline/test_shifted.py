"""A statistic moved along its axis: everything it says moves with it."""

import pytest

from mlgate.checks.baseline._shifted import Shifted
from mlgate.core.statistic import Interval
from mlgate.stats.normal import NormalEstimate

INNER = NormalEstimate(value=0.004, standard_error=0.002, n_obs=500, flags=("few rows",))
MOVED = Shifted(INNER, -0.01)


def test_value_and_interval_move_and_the_rest_stays():
    inner = INNER.interval(0.9)
    assert MOVED.value == pytest.approx(-0.006)
    assert MOVED.interval(0.9) == Interval(inner.low - 0.01, inner.high - 0.01, 0.9)
    assert (MOVED.n_obs, MOVED.standard_error, MOVED.flags) == (500, 0.002, ("few rows",))


@pytest.mark.parametrize("alternative", ["less", "greater"])
def test_at_the_edge_of_the_claim_the_test_is_that_of_the_inner_statistic_against_zero(alternative):
    assert MOVED.pvalue(-0.01, alternative) == pytest.approx(INNER.pvalue(0.0, alternative))
    assert MOVED.pvalue(-0.006, alternative) == pytest.approx(0.5)
