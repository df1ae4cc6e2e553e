"""Coverage of means, areas, F1, clustered estimates and the bootstrap."""

import math

import numpy as np
import pytest
from scipy import stats

from mlgate.stats.auc import AucDifference
from mlgate.stats.bootstrap import bootstrap
from mlgate.stats.cells import jackknife
from mlgate.stats.clustered import clustered
from mlgate.stats.mean import HallMean

from .rates import assert_about, assert_at_most, draws


def misses(estimates, truth):
    """How often the truth is below the 95 % lower bound, and above the 95 % upper bound."""
    intervals = [estimate.interval(0.9) for estimate in estimates]
    return np.mean([interval.low > truth for interval in intervals]), np.mean([interval.high < truth for interval in intervals])


def student(values):
    """Hall's mean without skewness is Student's."""
    return HallMean(value=values.mean(), n_obs=len(values), std=values.std(ddof=1), skewness=0.0)


@draws(2000, 50_000)
@pytest.mark.parametrize("n", [5, 100])
def test_students_interval_of_normal_values(n, n_draws):
    rng = np.random.default_rng(1)
    for missed in misses([student(rng.normal(size=n)) for _ in range(n_draws)], 0.0):
        assert_about(missed, 0.05, n_draws)


@draws(2000, 20_000)
@pytest.mark.parametrize(
    ("draw", "truth", "n", "slack"),
    [
        (lambda rng, n: rng.normal(size=n), 0.0, 100, 0.0),
        (lambda rng, n: rng.standard_t(5, size=n), 0.0, 300, 0.005),
        (lambda rng, n: rng.exponential(size=n), 1.0, 100, 0.005),
        (lambda rng, n: rng.lognormal(sigma=0.8, size=n), math.exp(0.32), 500, 0.01),
        (lambda rng, n: -rng.exponential(size=n), -1.0, 100, 0.005),
    ],
    ids=["normal", "heavy tails", "exponential", "lognormal", "left tail"],
)
def test_halls_interval_of_skewed_values(draw, truth, n, slack, n_draws):
    rng = np.random.default_rng(2)
    for missed in misses([HallMean.of(draw(rng, n)) for _ in range(n_draws)], truth):
        assert_about(missed, 0.05, n_draws, slack=slack)


@draws(2000, 20_000)
def test_hall_without_a_flag_errs_less_than_student_where_rare_losses_are_large(n_draws):
    """3 % of the rows cost much more: an interval that misses them passes a candidate that is worse."""
    rng = np.random.default_rng(3)
    gains = [np.where(rng.random(1000) < 0.03, -rng.exponential(2.0, size=1000), 0.06) + rng.normal(0, 0.02, size=1000) for _ in range(n_draws)]
    truth = 0.97 * 0.06 - 0.03 * 2.0
    hall = [HallMean.of(one) for one in gains]
    unflagged = np.mean([not one.flags and one.interval(0.9).low > truth for one in hall])
    missed, _ = misses([student(one) for one in gains], truth)
    assert_at_most(unflagged, 0.05, n_draws)
    assert missed > 0.07


def correlated_scores(rng, n, separation_c, separation_b):
    positive = np.arange(n) < 0.3 * n
    shared = rng.normal(size=n)
    return positive, *(0.8 * shared + 0.6 * rng.normal(size=n) + apart * positive for apart in (separation_c, separation_b))


@draws(2000, 20_000)
@pytest.mark.parametrize("n", [100, 400])
def test_delongs_interval_of_a_difference(n, n_draws):
    rng = np.random.default_rng(4)
    truth = stats.norm.cdf(1.0 / math.sqrt(2)) - stats.norm.cdf(1.2 / math.sqrt(2))
    estimates = [AucDifference.of(*correlated_scores(rng, n, 1.0, 1.2)) for _ in range(n_draws)]
    for missed in misses(estimates, truth):
        assert_about(missed, 0.05, n_draws, slack=0.008)


def f1_difference(cells):
    """Cells by label, candidate's and baseline's prediction: 000, 001, 010, 011, 100, 101, 110, 111."""
    candidate = 2 * (cells[..., 6] + cells[..., 7]) / (cells[..., 2] + cells[..., 3] + cells[..., 4:6].sum(-1) + 2 * (cells[..., 6] + cells[..., 7]))
    hits = cells[..., 5] + cells[..., 7]
    baseline = 2 * hits / (cells[..., 1] + cells[..., 3] + cells[..., 4] + cells[..., 6] + 2 * hits)
    return candidate - baseline


@draws(2000, 50_000)
@pytest.mark.parametrize("prevalence", [0.1, 0.4])
def test_the_cell_jackknife_of_a_difference_of_f1(prevalence, n_draws):
    negative, positive = np.array([0.9, 0.03, 0.02, 0.05]), np.array([0.2, 0.1, 0.06, 0.64])
    shares = np.concatenate([(1 - prevalence) * negative, prevalence * positive])
    drawn = np.random.default_rng(5).multinomial(1000, shares, size=n_draws)
    for missed in misses([jackknife(counts, f1_difference) for counts in drawn], float(f1_difference(shares))):
        assert_about(missed, 0.05, n_draws, slack=0.01)


@draws(1000, 20_000)
@pytest.mark.parametrize("n_groups", [8, 30])
def test_grouped_rows_with_the_cluster_robust_error(n_groups, n_draws):
    rng = np.random.default_rng(6)
    groups = np.repeat(np.arange(n_groups), 20)

    def estimate():
        values = rng.normal(size=len(groups)) + rng.normal(scale=0.5, size=n_groups)[groups]
        return clustered(value=values.mean(), influence=values - values.mean(), groups=groups)

    for missed in misses([estimate() for _ in range(n_draws)], 0.0):
        assert_about(missed, 0.05, n_draws, slack=0.005)


@draws(300, 5000)
def test_the_bootstrap_of_a_ratio(n_draws):
    rng = np.random.default_rng(7)

    def estimate(seed):
        x = rng.gamma(4.0, size=100)
        y = 2 * x + rng.normal(size=100)
        return bootstrap(lambda rows: float(y[rows].sum() / x[rows].sum()), n_obs=100, seed=seed, n_resamples=200)

    for missed in misses([estimate(seed) for seed in range(n_draws)], 2.0):
        assert_about(missed, 0.05, n_draws, slack=0.01)
