"""Type I error and coverage of the 0/1 statistics."""

import itertools

import numpy as np
import pytest
from scipy import stats

from mlgate.stats.paired import PairedProportion
from mlgate.stats.power import rows_for_margin
from mlgate.stats.proportion import Proportion, ProportionDifference

from .rates import assert_about, assert_at_most, draws

MARGIN = 0.01


def tables(n, better, worse, n_draws, seed=1):
    """Distinct simulated paired tables with their frequency."""
    drawn = np.random.default_rng(seed).multinomial(n, [better, worse, 1 - better - worse], size=n_draws)
    distinct, times = np.unique(drawn[:, :2], axis=0, return_counts=True)
    return [(PairedProportion(n_obs=n, better=int(b), worse=int(w)), count / n_draws) for (b, w), count in zip(distinct, times, strict=True)]


def rate(weighted, wrong):
    return sum(weight for table, weight in weighted if wrong(table))


@draws(10_000, 300_000)
@pytest.mark.parametrize(("n", "discordance"), [(100, 0.02), (200, 0.05), (500, 0.1), (2000, 0.05), (10_000, 0.04)])
def test_a_candidate_exactly_at_the_margin_passes_no_more_often_than_stated(n, discordance, n_draws):
    simulated = tables(n, (discordance - MARGIN) / 2, (discordance + MARGIN) / 2, n_draws)
    wrong = rate(simulated, lambda table: table.interval(0.9).low > -MARGIN)
    assert_at_most(wrong, 0.05, n_draws)
    assert wrong == pytest.approx(rate(simulated, lambda table: table.pvalue(-MARGIN, "greater") < 0.05), abs=1e-12)


@draws(10_000, 300_000)
@pytest.mark.parametrize(("n", "discordance"), [(500, 0.1), (2000, 0.05), (10_000, 0.04)])
@pytest.mark.parametrize("null", [-MARGIN, 0.0, 0.004])
def test_both_ends_of_tangos_interval_miss_as_often_as_stated_in_large_samples(n, discordance, null, n_draws):
    simulated = tables(n, (discordance + null) / 2, (discordance - null) / 2, n_draws, seed=2)
    assert_about(rate(simulated, lambda table: table.interval(0.9).low > null), 0.05, n_draws, slack=0.005)
    assert_about(rate(simulated, lambda table: table.interval(0.9).high < null), 0.05, n_draws, slack=0.005)


@draws(10_000, 300_000)
@pytest.mark.parametrize(("n", "discordance"), [(50, 0.02), (50, 0.1), (200, 0.05), (500, 0.1), (2000, 0.05), (10_000, 0.04)])
@pytest.mark.parametrize("level", [0.05, 0.05 / 40])
def test_an_equally_good_candidate_is_called_worse_no_more_often_than_stated(n, discordance, level, n_draws):
    simulated = tables(n, discordance / 2, discordance / 2, n_draws, seed=3)
    assert_at_most(rate(simulated, lambda table: table.pvalue(0, "less") <= level), level, n_draws)


@draws(10_000, 300_000)
def test_planned_rows_pass_as_often_as_planned(n_draws):
    n = rows_for_margin(discordance=0.05, margin=MARGIN, alpha=0.05, power=0.8)
    assert_about(rate(tables(n, 0.025, 0.025, n_draws, seed=4), lambda table: table.interval(0.9).low > -MARGIN), 0.8, n_draws, slack=0.01)


@pytest.mark.parametrize("n", [1, 7, 30, 200])
@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.97])
def test_clopper_and_pearson_never_miss_more_often_than_stated(n, share):
    """Exact: all outcomes with their binomial probability."""
    outcomes = [(Proportion(successes=x, n_obs=n).interval(0.9), stats.binom.pmf(x, n, share)) for x in range(n + 1)]
    assert sum(weight for interval, weight in outcomes if interval.low > share) <= 0.05 + 1e-9
    assert sum(weight for interval, weight in outcomes if interval.high < share) <= 0.05 + 1e-9


@pytest.mark.parametrize(("n1", "n2"), [(30, 40), (60, 25)])
@pytest.mark.parametrize(("p1", "p2"), [(0.5, 0.5), (0.3, 0.2), (0.9, 0.8), (0.2, 0.15)])
def test_miettinen_and_nurminen_miss_about_as_often_as_stated(n1, n2, p1, p2):
    """Exact: all pairs of outcomes; a score interval keeps its level on average and not at every point."""
    misses = 0.0
    for x1, x2 in itertools.product(range(n1 + 1), range(n2 + 1)):
        weight = stats.binom.pmf(x1, n1, p1) * stats.binom.pmf(x2, n2, p2)
        if weight > 1e-7:
            difference = ProportionDifference(x1=x1, n1=n1, x2=x2, n2=n2)
            misses += weight * (min(difference.pvalue(p1 - p2, "less"), difference.pvalue(p1 - p2, "greater")) < 0.05)
    assert misses == pytest.approx(0.1, abs=0.02)
