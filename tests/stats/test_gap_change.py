"""How much a gap between groups changes from one model to another."""

import pytest
from scipy import stats

from mlgate.stats.gap_change import GapChange, PairedValue


def group(new, old, error=0.01, together=0.01):
    return PairedValue(new, old, error**2, error**2, together**2, 1000)


def test_the_change_is_that_of_the_largest_differences_whichever_groups_they_are_between():
    change = GapChange((group(0.5, 0.6), group(0.7, 0.5), group(0.6, 0.9)))
    assert change.value == pytest.approx(0.2 - 0.4)
    assert change.n_obs == 3000


def test_of_two_groups_each_side_is_a_normal_one_of_the_paired_change_with_two_or_four_tries():
    """A pair and its reverse: Bonferroni's two; the bound below is taken at half of the level against the same pair."""
    change = GapChange((group(0.7, 0.5, together=0.02), group(0.3, 0.3, together=0.02)))
    error = (2 * 0.02**2) ** 0.5
    assert change.pvalue(0.1, "greater") == pytest.approx(2 * stats.norm.sf(0.1 / error), rel=1e-3)
    assert change.pvalue(0.3, "less") == pytest.approx(2 * stats.norm.cdf(-0.1 / error), rel=1e-3)


def test_a_gap_that_moves_to_other_groups_and_is_smaller_there_is_no_larger_one():
    change = GapChange((group(0.5, 0.9), group(0.5, 0.5), group(0.7, 0.5)))
    assert change.pvalue(0.02, "less") < 1e-6
    assert change.pvalue(0.0, "greater") == 1


@pytest.mark.parametrize("level", [0.8, 0.9, 0.99])
def test_p_and_interval_agree(level):
    change = GapChange((group(0.5, 0.6), group(0.7, 0.5), group(0.62, 0.7, error=0.03, together=0.02)))
    interval, tail = change.interval(level), (1 - level) / 2
    assert change.pvalue(interval.low, "greater") == pytest.approx(tail)
    assert change.pvalue(interval.high, "less") == pytest.approx(tail)


def test_models_that_answer_alike_are_compared_more_sharply_than_independent_ones():
    alike = GapChange((group(0.7, 0.5, together=0.001), group(0.3, 0.3, together=0.001)))
    apart = GapChange((group(0.7, 0.5, together=0.014), group(0.3, 0.3, together=0.014)))
    assert alike.standard_error < apart.standard_error
    assert alike.interval(0.9).high < apart.interval(0.9).high
