import numpy as np
import pytest
from scipy import stats

from mlgate.core.distance import Distribution
from mlgate.stats.level_divergence import LevelDivergence, level_counts

# the chi-square of a table side by level, over rows, as samples of one size have it
HALF_TABLE = LevelDivergence(lambda p, q: (p - q) ** 2 / (2 * (p + q)), lambda p, q: (p - q) * (p + 3 * q) / (2 * (p + q) ** 2), curvature=1 / 4)


def noise_of_draws(x, y, draws=4000):
    """The divergences of samples dealt out anew from the rows of both."""
    rng = np.random.default_rng(1)
    first = rng.multivariate_hypergeometric(x + y, int(x.sum()), size=draws)
    return np.array([HALF_TABLE.term(one / x.sum(), (x + y - one) / y.sum()).sum() for one in first])


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.array([30, 50, 20]), np.array([35, 45, 20])),
        (np.ones(60, dtype=np.int64), np.ones(60, dtype=np.int64)),
        (np.array([1, 0, 2, 7, 40]), np.array([3, 4, 1, 92, 900])),
    ],
    ids=["few levels of many rows", "levels of two rows", "samples of unequal size"],
)
def test_the_noise_is_that_of_rows_dealt_out_anew(x, y):
    noise = noise_of_draws(x, y)
    estimate = HALF_TABLE.estimate(x, y)
    assert estimate.raw - estimate.low_from == pytest.approx(noise.mean(), rel=0.05)
    assert (noise > HALF_TABLE.noise_floor(x, y, 0.05)).mean() == pytest.approx(0.05, abs=0.02)


def test_the_noise_of_many_rows_is_a_chi_square():
    x = np.array([2500, 2500, 2500, 2500])
    expected = stats.chi2(3).isf(0.01) / 20_000
    assert HALF_TABLE.noise_floor(x, x, 0.01) == pytest.approx(expected, rel=1e-9)


def test_rows_that_all_agree_leave_room_for_a_level_not_met_yet():
    few = HALF_TABLE.estimate(np.array([20]), np.array([20]))
    assert few.value == 0
    assert few.standard_error == pytest.approx(2 * 0.5 / 20)
    assert HALF_TABLE.noise_floor(np.array([20]), np.array([20]), 0.05) == 0


def test_numbers_are_binned_and_categories_are_not():
    values = Distribution(dict.fromkeys(range(100), 1), 0, numeric=True)
    names = Distribution(dict.fromkeys(range(100), 1), 0, numeric=False)
    assert len(level_counts(values, values)[0]) == 10
    assert len(level_counts(names, names)[0]) == 100
