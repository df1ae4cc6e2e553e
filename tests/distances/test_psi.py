import numpy as np
import pytest
from scipy import stats

from mlgate.distances.psi import PopulationStabilityIndex

PSI = PopulationStabilityIndex()


def test_the_raw_value_is_the_sum_over_smoothed_levels(counted):
    current, reference = counted("aaaabb" * 10, numeric=False), counted("aabbcc" * 20, numeric=False)
    p, q = (np.array([40, 20, 0]) + 0.5) / 61.5, (np.array([40, 40, 40]) + 0.5) / 121.5
    statistic = PSI.statistic(current, reference)
    assert statistic.raw == pytest.approx(stats.entropy(p, q) + stats.entropy(q, p), abs=1e-12)
    assert statistic.value == pytest.approx(statistic.raw - (1 / 60 + 1 / 120) * 2, abs=1e-12)
    assert statistic.n_obs == 60


def test_the_error_is_the_delta_methods_plus_the_noise(counted):
    x, y = np.array([300, 500, 200]), np.array([250, 450, 300])
    current, reference = (counted([*"a" * n[0], *"b" * n[1], *"c" * n[2]], numeric=False) for n in (x, y))

    def psi(p, q):
        return ((p - q) * np.log(p / q)).sum()

    p, q = (x + 0.5) / 1001.5, (y + 0.5) / 1001.5
    step, directions = 1e-6, np.eye(3)
    slopes_p = [(psi(p + step * one, q) - psi(p - step * one, q)) / (2 * step) for one in directions]
    slopes_q = [(psi(p, q + step * one) - psi(p, q - step * one)) / (2 * step) for one in directions]
    variance = sum((np.dot(share, np.square(slopes)) - np.dot(share, slopes) ** 2) / 1000 for share, slopes in ((p, slopes_p), (q, slopes_q)))
    expected = np.sqrt(variance + 2 * 0.002**2 * 2)
    assert PSI.statistic(current, reference).standard_error == pytest.approx(expected, rel=1e-6)


def test_the_noise_floor_is_a_chi_square(counted):
    current, reference = counted("abcd" * 50, numeric=False), counted("abcd" * 100, numeric=False)
    assert PSI.noise_floor(current, reference, 0.05) == pytest.approx((1 / 200 + 1 / 400) * stats.chi2(3).isf(0.05), rel=1e-9)


def test_ten_bins_at_0_1_are_below_the_noise_floor_until_339_rows(counted):
    """statistics: the usual PSI > 0.1 with ten bins is only usable from 339 rows on each side."""
    floors = [PSI.noise_floor(*[counted(np.linspace(0, 1, n))] * 2, 0.05) for n in (330, 350)]
    assert floors[0] > 0.1 > floors[1]


def test_new_levels_are_seen(counted):
    assert PSI.statistic(counted("x" * 500, numeric=False), counted("y" * 500, numeric=False)).interval(0.9).low > 1


def test_a_spike_that_appears_in_a_continuous_column_is_seen(counted):
    rng = np.random.default_rng(2)
    spiked = np.where(rng.random(5000) < 0.3, 0.0, rng.normal(size=5000))
    assert PSI.statistic(counted(spiked), counted(rng.normal(size=5000))).interval(0.9).low > 0.1
