import numpy as np
import pytest

from mlgate.core.distance import Distribution
from mlgate.distances.total_variation import TotalVariation

TV = TotalVariation()


def test_the_value_is_half_the_sum_of_differences_with_new_levels(counted):
    statistic = TV.statistic(counted("aab" + "c" * 3, numeric=False), counted("aabb", numeric=False))
    assert statistic.value == pytest.approx((abs(2 / 6 - 0.5) + abs(1 / 6 - 0.5) + 0.5) / 2, abs=1e-12)


def test_with_two_levels_the_error_is_that_of_a_difference_of_shares():
    statistic = TV.statistic(Distribution({"a": 300, "b": 700}, 0, numeric=False), Distribution({"a": 500, "b": 500}, 0, numeric=False))
    assert statistic.standard_error == pytest.approx(np.sqrt(0.3 * 0.7 / 1000 + 0.25 / 1000), abs=1e-12)
    assert statistic.low_from == statistic.high_from == pytest.approx(0.2)  # both levels have plainly moved: no bias is left


def test_the_lower_bound_loses_the_mean_of_the_noise(counted):
    values = counted("abcd" * 25, numeric=False)
    statistic = TV.statistic(values, values)
    expected = 4 * np.sqrt(2 / np.pi) * np.sqrt(0.02 * 0.25 * 0.75) / 2
    assert statistic.high_from - statistic.low_from == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("shares", [[0.5, 0.5], [0.9, 0.1], [0.5, 0.3, 0.15, 0.05], 1 / np.arange(1, 21)])
@pytest.mark.parametrize("level", [0.05, 0.01])
def test_the_noise_floor_is_exceeded_as_often_as_stated(shares, level):
    rng = np.random.default_rng(6)
    shares = np.array(shares) / np.sum(shares)
    pooled = Distribution({index: int(count) for index, count in enumerate(rng.multinomial(10**6, shares))}, 0, numeric=False)
    sized = [Distribution({index: count * n / 10**6 for index, count in pooled.counts.items()}, 0, numeric=False) for n in (2000, 5000)]
    floor = TV.noise_floor(*sized, level)
    draws = 20_000
    distances = np.abs(rng.multinomial(2000, shares, size=draws) / 2000 - rng.multinomial(5000, shares, size=draws) / 5000).sum(axis=1) / 2
    assert (distances > floor).mean() == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / draws) + 0.1 * level)


def test_very_many_levels_are_taken_as_independent():
    many, fewer = (Distribution(dict.fromkeys(range(levels), 10), 0, numeric=False) for levels in (1001, 1000))
    assert TV.noise_floor(many, many, 0.05) == pytest.approx(TV.noise_floor(fewer, fewer, 0.05), rel=1e-3)


def test_a_numeric_column_with_many_values_is_binned(counted):
    rng = np.random.default_rng(7)
    one, other = counted(rng.normal(size=2000)), counted(rng.normal(size=2000))
    assert TV.statistic(one, other).value < 0.1  # by level it would be 1: no value occurs twice
    assert TV.statistic(counted(rng.integers(0, 40, 2000)), counted(rng.integers(0, 40, 2000) + 40)).value == pytest.approx(1)
