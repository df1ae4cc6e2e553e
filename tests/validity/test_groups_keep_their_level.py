"""Gaps between groups: a maximum of differences must not be called large by chance, nor small."""

import numpy as np
import pytest

from mlgate.stats.apart import Apart
from mlgate.stats.gap_change import GapChange, PairedValue
from mlgate.stats.largest import Largest, Smallest
from mlgate.stats.mean import HallMean
from mlgate.stats.proportion import ProportionDifference
from mlgate.stats.ratio import ProportionRatio

from .rates import assert_at_most, draws

SIZES = np.array([400, 250, 150, 100])


def pairs(make, counts):
    found = [(first, second) for first in range(len(SIZES)) for second in range(len(SIZES)) if first != second]
    return tuple(make(x1=int(counts[a]), n1=int(SIZES[a]), x2=int(counts[b]), n2=int(SIZES[b])) for a, b in found)


@draws(400, 1500)
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_groups_that_are_alike_are_seldom_said_to_be_apart(share, n_draws):
    """At a tolerance of next to nothing, the hardest case for a FAIL; the largest of twelve differences is then far from 0."""
    drawn = np.random.default_rng(1).binomial(SIZES, share, size=(n_draws, 4))
    failed = [Largest(pairs(ProportionDifference, counts)).pvalue(1e-9, "greater") <= 0.05 for counts in drawn]
    naive = [max(one.value / one.standard_error for one in pairs(ProportionDifference, counts)) > 1.645 for counts in drawn[:400]]
    assert_at_most(np.mean(failed), 0.05, n_draws)
    assert np.mean(naive) > 0.2


@draws(400, 1500)
@pytest.mark.parametrize("rates", [(0.5, 0.5, 0.5, 0.6), (0.5, 0.55, 0.6, 0.6), (0.1, 0.2, 0.2, 0.2)], ids=["one", "several", "rare"])
def test_a_gap_at_its_bound_passes_and_fails_no_more_often_than_stated(rates, n_draws):
    drawn = np.random.default_rng(2).binomial(SIZES, rates, size=(n_draws, 4))
    gaps = [Largest(pairs(ProportionDifference, counts)) for counts in drawn]
    assert_at_most(np.mean([one.interval(0.9).high < 0.1 for one in gaps]), 0.05, n_draws, slack=0.005)
    assert_at_most(np.mean([one.pvalue(0.1, "greater") <= 0.05 for one in gaps]), 0.05, n_draws, slack=0.005)


@draws(400, 1500)
@pytest.mark.parametrize("rates", [(0.5, 0.5, 0.5, 0.4), (0.25, 0.25, 0.2, 0.2)], ids=["one", "two"])
def test_a_ratio_at_its_bound_passes_and_fails_no_more_often_than_stated(rates, n_draws):
    drawn = np.random.default_rng(3).binomial(SIZES, rates, size=(n_draws, 4))
    ratios = [Smallest(pairs(ProportionRatio, counts)) for counts in drawn]
    assert_at_most(np.mean([one.interval(0.9).low > 0.8 for one in ratios]), 0.05, n_draws, slack=0.005)
    assert_at_most(np.mean([one.pvalue(0.8, "less") <= 0.05 for one in ratios]), 0.05, n_draws, slack=0.005)


@draws(300, 2000)
def test_a_gap_of_skewed_losses_at_its_bound_passes_and_fails_no_more_often_than_stated(n_draws):
    rng = np.random.default_rng(4)
    wrong_pass = wrong_fail = 0
    for _ in range(n_draws):
        groups = [HallMean.of(rng.exponential(size=200) + extra) for extra in (0.0, 0.0, 0.3)]
        gap = Largest(tuple(Apart(one, other) for one in groups for other in groups if one is not other))
        wrong_pass += gap.interval(0.9).high < 0.3
        wrong_fail += gap.pvalue(0.3, "greater") <= 0.05
    assert_at_most(wrong_pass / n_draws, 0.05, n_draws, slack=0.005)
    assert_at_most(wrong_fail / n_draws, 0.05, n_draws, slack=0.005)


def changed(rng, new, old, sizes=(400, 250, 150)):
    """Right and wrong answers of two models that agree on most rows, as a group's rates with their variances."""
    groups = []
    for one, other, n in zip(new, old, sizes, strict=True):
        draw, flip = rng.random(n), rng.random(n) < 0.2
        first = draw < one
        second = np.where(flip, rng.random(n) < other, draw < other)
        variances = [first.var() / n, second.var() / n, (first * 1.0 - second).var() / n + 2 / (n + 2) ** 2]
        groups.append(PairedValue(first.mean(), second.mean(), *variances, n_obs=n))
    return GapChange(tuple(groups))


@draws(1000, 5000)
@pytest.mark.parametrize(
    ("new", "old"),
    [((0.5, 0.5, 0.6), (0.5, 0.5, 0.5)), ((0.5, 0.6, 0.7), (0.5, 0.6, 0.6)), ((0.7, 0.5, 0.5), (0.5, 0.5, 0.6)), ((0.6, 0.5, 0.5), (0.5, 0.5, 0.5))],
    ids=["from none", "in one pair", "in another pair", "in a large group"],
)
def test_a_gap_that_grows_by_the_margin_passes_and_fails_no_more_often_than_stated(new, old, n_draws):
    rng = np.random.default_rng(5)
    margin = (max(new) - min(new)) - (max(old) - min(old))
    found = [changed(rng, new, old) for _ in range(n_draws)]
    assert_at_most(np.mean([one.interval(0.9).high < margin for one in found]), 0.05, n_draws, slack=0.005)
    assert_at_most(np.mean([one.pvalue(margin, "greater") <= 0.05 for one in found]), 0.05, n_draws, slack=0.005)


@draws(1000, 5000)
def test_models_without_any_gap_are_seldom_said_to_differ_in_it(n_draws):
    rng = np.random.default_rng(6)
    failed = [changed(rng, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)).pvalue(0.0, "greater") <= 0.05 for _ in range(n_draws)]
    assert_at_most(np.mean(failed), 0.05, n_draws)
