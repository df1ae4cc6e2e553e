"""P(A > B): the percentile bootstrap without resampling, and the exact interval where that is too short."""

import numpy as np
import pytest
from scipy import stats

from mlgate.core.errors import MeasurementError
from mlgate.stats.proportion import Proportion
from mlgate.stats.wins import MeaningfulWins, Wins

CASES = [(7, 0, 3), (20, 0, 9), (12, 5, 3), (1, 1, 8), (3, 0, 0), (0, 4, 0)]


def wins(won, ties, lost):
    return Wins(wins=won, ties=ties, losses=lost)


@pytest.mark.parametrize("case", CASES)
def test_the_percentile_interval_is_that_of_many_resamples(case):
    pairs = np.repeat([1.0, 0.5, 0.0], case)
    drawn = np.sort(np.random.default_rng(1).choice(pairs, (40_000, len(pairs))).mean(axis=1))
    found = wins(*case).percentile(0.9)
    step = 0.5 / len(pairs)
    assert found.low == pytest.approx(drawn[2000], abs=step + 1e-9)
    assert found.high == pytest.approx(drawn[-2001], abs=step + 1e-9)


def test_without_ties_it_is_the_quantile_of_a_binomial():
    found = wins(20, 0, 9).percentile(0.9)
    assert found.low == pytest.approx(stats.binom.ppf(0.05, 29, 20 / 29) / 29)
    assert found.high == pytest.approx(stats.binom.ppf(0.95, 29, 20 / 29) / 29)


@pytest.mark.parametrize("case", CASES)
def test_the_interval_is_never_shorter_than_clopper_and_pearsons(case):
    found, exact = wins(*case).interval(0.9), Proportion(successes=case[0] + case[1] / 2, n_obs=sum(case)).interval(0.9)
    assert found.low <= exact.low
    assert found.high >= exact.high


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("null", [0.2, 0.5, 0.75])
def test_p_and_interval_agree(case, null):
    found = wins(*case)
    for level in (0.8, 0.9, 0.98):
        tail = (1 - level) / 2
        assert (found.interval(level).low > null) == (found.pvalue(null, "greater") < tail)
        assert (found.interval(level).high < null) == (found.pvalue(null, "less") < tail)


def test_pairs_are_counted_by_the_sign_of_the_lead():
    assert Wins.of(np.array([0.1, 0.0, -0.2, 0.3])) == Wins(wins=2, ties=1, losses=1)
    with pytest.raises(MeasurementError, match="no pairs"):
        Wins.of(np.array([]))


def test_few_wins_prove_nothing_though_the_bootstrap_of_them_is_a_point():
    three = wins(3, 0, 0)
    assert (three.percentile(0.9).low, three.percentile(0.9).high) == (1, 1)
    assert three.interval(0.9).low < 0.5
    assert wins(5, 0, 0).interval(0.9).low > 0.5


def test_a_meaningful_lead_is_above_one_half_and_reaches_gamma():
    """Bouthillier et al. (2021, MLSys), sec. 4: significant where CI_low > 0.5, meaningful where besides CI_high > gamma."""
    meaningful, small = (MeaningfulWins(wins=wins(*case), gamma=0.75) for case in [(23, 0, 6), (330, 0, 270)])
    assert meaningful.interval(0.9).low > 0.5
    assert meaningful.flags == ()
    assert small.interval(0.9).low > 0.5
    assert small.flags == ("P(A > B) is shown to be at most 0.584, below 0.75",)


def test_a_fail_says_that_gamma_is_excluded():
    judged = MeaningfulWins(wins=wins(14, 0, 15), gamma=0.75)
    assert judged.pvalue(0.5, "less") == wins(14, 0, 15).pvalue(0.75, "less")
    assert judged.pvalue(0.5, "less") < 0.01
