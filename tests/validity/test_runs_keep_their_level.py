"""Comparisons of recipes over several training runs: how often they err where the two are equal."""

import math

import numpy as np
import pytest
from scipy import stats

from mlgate.stats.crossed import CrossedMean
from mlgate.stats.resampled import mean_over_runs, mean_over_splits
from mlgate.stats.wins import MeaningfulWins, Wins

from .rates import assert_about, assert_at_most, draws


def crossed(rng, runs, rows, run, row):
    return run * rng.normal(size=(runs, 1)) + row * rng.normal(size=(1, rows)) + rng.normal(size=(runs, rows))


@draws(2000, 20_000)
@pytest.mark.parametrize("runs", [3, 5, 10])
@pytest.mark.parametrize(("run", "row"), [(0.0, 0.5), (0.1, 0.5), (0.5, 0.5)], ids=["runs alike", "runs differ", "runs differ much"])
def test_crossed_runs_and_rows_miss_no_more_often_than_stated(runs, run, row, n_draws):
    """With few runs a small effect of theirs is covered conservatively; a strong one is covered as stated."""
    rng = np.random.default_rng(1)
    found = [CrossedMean.of(crossed(rng, runs, 100, run, row)).interval(0.9) for _ in range(n_draws)]
    low, high = np.mean([one.low > 0 for one in found]), np.mean([one.high < 0 for one in found])
    for missed in (low, high):
        assert_at_most(missed, 0.05, n_draws, slack=0.01)
        assert run < 0.5 or missed > 0.03


@draws(1000, 10_000)
def test_rows_alone_or_all_cells_as_independent_miss_far_too_often(n_draws):
    """Why runs are a random effect: five runs of one hundred rows, as strong an effect of runs as of rows."""
    rng = np.random.default_rng(2)
    alone, pooled = 0, 0
    for _ in range(n_draws):
        values = crossed(rng, 5, 100, 0.5, 0.5)
        means = values.mean(axis=0)
        alone += abs(means.mean()) > stats.norm.ppf(0.95) * means.std(ddof=1) / 10
        pooled += abs(values.mean()) > stats.norm.ppf(0.95) * values.std() / math.sqrt(500)
    assert alone / n_draws > 0.3
    assert pooled / n_draws > 0.3


@draws(3000, 20_000)
@pytest.mark.parametrize("discordance", [0.02, 0.1])
def test_0_1_outcomes_at_the_margin_pass_no_more_often_than_stated(discordance, n_draws):
    """Three seeds of each side agree on most rows: the worst case for an interval, because rows repeat."""
    rng, n, margin = np.random.default_rng(3), 300, 0.01
    passed = 0
    for _ in range(n_draws):
        lost, won = (discordance + margin) / 2, (discordance - margin) / 2
        own = rng.choice([-1.0, 0.0, 1.0], p=[lost, 1 - lost - won, won], size=n)
        passed += CrossedMean.of(np.tile(own, (3, 1)), outcomes=True).interval(0.9).low > -margin
    assert_at_most(passed / n_draws, 0.05, n_draws, slack=0.01)


def fold_differences(rng, repeats, folds, rows=200):
    """Differences in accuracy of two equal learners (the nearest class mean, on one of two equally noisy features) over repeated folds."""
    label = np.arange(rows) % 2 == 0
    features = label * 0.8 + rng.normal(size=(2, rows))
    found = []
    for _ in range(repeats):
        fold = rng.permutation(rows) % folds
        inside = fold[None, :] == np.arange(folds)[:, None]
        right = []
        for feature in features:
            middle = [((~inside & side) @ feature) / (~inside & side).sum(axis=1) for side in (label, ~label)]
            guess = feature > (middle[0] + middle[1])[:, None] / 2
            right.append(((guess == label) & inside).sum(axis=1) / inside.sum(axis=1))
        found.append(right[0] - right[1])
    return np.concatenate(found)


@draws(400, 4000)
def test_ten_by_ten_folds_are_called_different_as_often_as_stated_and_by_a_plain_t_ten_times_as_often(n_draws):
    rng = np.random.default_rng(4)
    found = [fold_differences(rng, 10, 10) for _ in range(n_draws)]
    corrected = [mean_over_splits(one, test_share=0.1) for one in found]
    for side in ("greater", "less"):
        assert_at_most(np.mean([one.pvalue(0, side) < 0.05 for one in corrected]), 0.05, n_draws, slack=0.01)
    plain = np.mean([2 * min(mean_over_runs(one).pvalue(0, side) for side in ("greater", "less")) < 0.05 for one in found])
    assert plain > 0.4


@draws(400, 4000)
def test_one_cross_validation_is_called_different_no_more_often_than_stated(n_draws):
    rng = np.random.default_rng(5)
    found = [mean_over_splits(fold_differences(rng, 1, 10), test_share=0.1) for _ in range(n_draws)]
    assert_at_most(np.mean([one.pvalue(0, "greater") < 0.05 for one in found]), 0.05, n_draws)


@draws(3000, 50_000)
@pytest.mark.parametrize("runs", [3, 10])
def test_independent_runs_miss_as_often_as_stated(runs, n_draws):
    rng = np.random.default_rng(6)
    low = np.mean([mean_over_runs(rng.normal(size=runs)).interval(0.9).low > 0 for _ in range(n_draws)])
    assert_about(low, 0.05, n_draws)


@pytest.mark.parametrize("runs", [2, 3, 5, 8, 10, 20, 29, 60])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.75])
def test_a_share_of_wins_never_misses_more_often_than_stated(runs, share):
    """Exact: all outcomes with their binomial probability."""
    outcomes = [(Wins(wins=won, ties=0, losses=runs - won), stats.binom.pmf(won, runs, share)) for won in range(runs + 1)]
    assert sum(weight for one, weight in outcomes if one.pvalue(share, "greater") < 0.05) <= 0.05 + 1e-9
    assert sum(weight for one, weight in outcomes if one.pvalue(share, "less") < 0.05) <= 0.05 + 1e-9


def test_29_runs_find_a_lead_in_three_of_four_as_often_as_planned():
    """Exact; Bouthillier et al. (2021) plan 29 runs for both errors 0.05; the exact interval costs a part of that power."""
    outcomes = [(MeaningfulWins(wins=Wins(wins=won, ties=0, losses=29 - won), gamma=0.75), stats.binom.pmf(won, 29, 0.75)) for won in range(30)]
    assert sum(weight for one, weight in outcomes if one.interval(0.9).low > 0.5 and not one.flags) > 0.8
    assert sum(weight for one, weight in outcomes if one.pvalue(0.5, "less") <= 0.05) <= 0.05
