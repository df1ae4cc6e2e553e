import numpy as np
import pytest
from scipy.spatial import distance

from mlgate.core.distance import Distribution
from mlgate.distances.jensen_shannon import JensenShannon

JS = JensenShannon()


def levels(*counts):
    return Distribution({index: count for index, count in enumerate(counts) if count}, 0, numeric=False)


def test_the_raw_value_is_the_root_of_the_divergence_in_nats():
    """0.0224599: p = 9/25, 12/25, 4/25 against a uniform q, scipy.spatial.distance.jensenshannon squared."""
    statistic = JS.statistic(levels(36, 48, 16), levels(100, 100, 100))
    assert statistic.raw**2 == pytest.approx(0.022459860429714602, abs=1e-14)


def test_the_raw_value_is_that_of_scipy_with_levels_that_one_side_lacks():
    statistic = JS.statistic(levels(300, 0, 200, 11), levels(250, 60, 0, 700))
    assert statistic.raw == pytest.approx(distance.jensenshannon([300, 0, 200, 11], [250, 60, 0, 700]), abs=1e-12)


def test_nothing_in_common_is_the_root_of_ln_2():
    assert JS.statistic(levels(10_000, 0), levels(0, 10_000)).raw == pytest.approx(np.sqrt(np.log(2)), abs=1e-12)


def test_the_bias_of_many_rows_is_an_eighth_of_psis():
    statistic = JS.statistic(levels(3000, 5000, 2000), levels(2500, 4500, 3000))
    assert statistic.raw**2 - statistic.value**2 == pytest.approx((1 / 10_000 + 1 / 10_000) * 2 / 8, rel=1e-9)


def test_the_error_of_the_divergence_is_the_delta_methods():
    x, y = np.array([300, 500, 200]), np.array([250, 450, 300])

    def divergence(p, q):
        middle = (p + q) / 2
        return (p * np.log(p / middle) + q * np.log(q / middle)).sum() / 2

    p, q, step = x / 1000, y / 1000, 1e-6
    slopes_p = [(divergence(p + step * one, q) - divergence(p - step * one, q)) / (2 * step) for one in np.eye(3)]
    slopes_q = [(divergence(p, q + step * one) - divergence(p, q - step * one)) / (2 * step) for one in np.eye(3)]
    variance = sum((np.dot(share, np.square(slopes)) - np.dot(share, slopes) ** 2) / 1000 for share, slopes in ((p, slopes_p), (q, slopes_q)))
    expected = np.sqrt(variance + 2 * (0.002 / 8) ** 2 * 2)
    assert JS.statistic(levels(*x), levels(*y)).squared.standard_error == pytest.approx(expected, rel=1e-6)


def test_numbers_are_binned_by_quantiles_of_the_reference(counted):
    rng = np.random.default_rng(7)
    one, other = counted(rng.normal(size=2000)), counted(rng.normal(size=2000))
    assert JS.statistic(one, other).value < 0.05  # by level it would be 0.83: no value occurs twice


def test_a_thousand_levels_of_one_row_each_are_no_drift():
    rng = np.random.default_rng(3)
    same = [levels(*rng.multinomial(1000, np.full(1000, 1e-3))) for _ in range(2)]
    statistic = JS.statistic(*same)
    assert statistic.raw > 0.4  # what scipy shows
    assert statistic.interval(0.9).low < 0.1
    assert statistic.raw == pytest.approx(JS.noise_floor(*same, 0.5), rel=0.05)
