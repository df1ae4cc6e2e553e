import math

import numpy as np
import pytest

from mlgate.core.statistic import Statistic
from mlgate.stats.anytime import Anytime
from mlgate.stats.normal import quantile
from mlgate.stats.power_sums import PowerSums
from mlgate.stats.sequential import mixing, two_sided


def bits(ones, rows):
    return PowerSums(rows=rows, values=rows, total=ones, squares=ones, cubes=ones)


def numbers(values):
    array = np.asarray(values, dtype=float)
    return PowerSums(rows=len(array), values=len(array), total=array.sum(), squares=(array**2).sum(), cubes=(array**3).sum(), odd=len(array))


def latencies(seed, n, mean=100.0):
    return numbers(np.random.default_rng(seed).normal(mean, 10, n))


def test_it_is_a_statistic():
    assert isinstance(Anytime.of_arms(bits(30, 600), bits(20, 500), expected=5000), Statistic)


def test_an_interval_is_wider_than_that_of_a_single_look_and_not_twice_as_wide():
    found = Anytime.of_arms(latencies(1, 5000), latencies(2, 5000), expected=5000)
    single = quantile(0.05) * found.spread
    reach = found.value - found.interval(0.9).low
    assert 1.5 * single < reach < 2 * single
    assert found.interval(0.9).high - found.value == pytest.approx(reach)
    assert found.standard_error == pytest.approx(reach / quantile(0.05))


def test_without_bits_the_bound_is_the_normal_mixture():
    found = Anytime.of_arms(latencies(1, 4000), latencies(2, 4000), expected=5000)
    plain = two_sided(4000, rho=mixing(5000, alpha=0.1), alpha=0.1) / math.sqrt(4000) * found.spread
    assert found.interval(0.9).high - found.value == pytest.approx(plain, rel=5e-3)


@pytest.mark.parametrize(
    "found",
    [
        Anytime.of_arms(bits(260, 5000), bits(250, 5000), expected=5000),
        Anytime.of_arms(bits(3, 60), bits(9, 70), expected=5000),
        Anytime.of_arms(latencies(1, 900), latencies(2, 700), expected=5000),
        Anytime.of_pairs(PowerSums(rows=2000, values=2000, total=10, squares=80, cubes=10), bits=True, expected=5000),
    ],
)
def test_interval_and_pvalues_agree(found):
    for level in (0.8, 0.95, 0.999):
        interval, error = found.interval(level), (1 - level) / 2
        inside, outside = 1e-6 * (interval.high - interval.low), 1e-6
        assert found.pvalue(interval.low + inside, "greater") >= error * (1 - 1e-3)
        assert found.pvalue(interval.low - outside, "greater") <= error * (1 + 1e-3)
        assert found.pvalue(interval.high - inside, "less") >= error * (1 - 1e-3)
        assert found.pvalue(interval.high + outside, "less") <= error * (1 + 1e-3)


def test_a_mean_says_nothing_before_the_burn_in():
    found = Anytime.of_arms(latencies(1, 399, mean=1000), latencies(2, 4000), expected=5000)
    assert (found.interval(0.9).low, found.interval(0.9).high) == (-math.inf, math.inf)
    assert found.pvalue(0, "greater") == 1.0
    assert found.standard_error == math.inf
    assert "399 rows in an arm" in found.flags[0]
    assert Anytime.of_arms(latencies(1, 400, mean=1000), latencies(2, 4000), expected=5000).pvalue(0, "greater") < 1e-6


def test_bits_speak_from_the_first_requests_on():
    found = Anytime.of_arms(bits(20, 20), bits(0, 20), expected=5000)
    assert not found.flags
    assert not found.warm
    assert found.pvalue(0.01, "greater") < 0.001


def test_bits_need_events_for_the_normal_mixture():
    assert not Anytime.of_arms(bits(10, 5000), bits(14, 5000), expected=5000).warm
    assert Anytime.of_arms(bits(10, 5000), bits(15, 5000), expected=5000).warm
    assert not Anytime.of_arms(bits(4990, 5000), bits(4986, 5000), expected=5000).warm


def test_pairs_need_fewer_requests_than_arms():
    paired = Anytime.of_pairs(PowerSums(rows=4000, values=4000, total=0, squares=80, cubes=0), bits=True, expected=5000)
    apart = Anytime.of_arms(bits(200, 4000), bits(200, 4000), expected=5000)
    assert paired.interval(0.9).high < apart.interval(0.9).high / 2


def test_pairs_are_counted_apart():
    found = Anytime.of_pairs(PowerSums(rows=100, values=100, total=4, squares=10, cubes=4), bits=True, expected=5000)
    assert found.exact is not None
    assert [cell.count for cell in found.exact.cells] == [7, 3, 90]


def test_a_ratio_scales_the_baseline():
    new, old = latencies(1, 900, mean=110), latencies(2, 900)
    found = Anytime.of_arms(new, old, expected=5000, ratio=1.1)
    assert found.value == pytest.approx(new.mean - 1.1 * old.mean)
    assert found.spread == pytest.approx(math.sqrt(new.variance / 900 + 1.21 * old.variance / 900))


def test_a_few_rows_that_dominate_and_equal_values_are_flagged():
    heavy = numbers([*[1.0] * 899, 1e6])
    assert "few rows dominate" in Anytime.of_arms(heavy, latencies(1, 900), expected=5000).flags[0]
    equal = numbers([0.1] * 900)
    found = Anytime.of_arms(equal, equal, expected=5000)
    assert "all values are equal" in found.flags[0]
    assert found.pvalue(-1, "greater") == 1.0


def test_one_row_an_arm_has_an_answer():
    found = Anytime.of_arms(bits(1, 1), bits(0, 1), expected=5000)
    assert found.value == 1.0
    assert -1 < found.interval(0.9).low < -0.9
    assert found.pvalue(0, "greater") == 1.0
