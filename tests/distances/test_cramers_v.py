import numpy as np
import pytest
from scipy.stats import contingency

from mlgate.core.distance import Distribution
from mlgate.distances.cramers_v import CramersV

V = CramersV()


def levels(*counts):
    return Distribution({index: count for index, count in enumerate(counts) if count}, 0, numeric=False)


def test_the_raw_value_is_that_of_scipy_for_samples_of_one_size():
    """scipy.stats.contingency.association of [[20, 30, 50], [30, 30, 40]]."""
    statistic = V.statistic(levels(20, 30, 50), levels(30, 30, 40))
    assert statistic.raw == pytest.approx(0.1247219128924647, abs=1e-12)


def test_both_sides_weigh_the_same_whatever_their_sizes():
    few, many = V.statistic(levels(30, 70), levels(50, 50)), V.statistic(levels(30, 70), levels(50_000, 50_000))
    assert few.raw == pytest.approx(many.raw, abs=1e-12)
    assert contingency.association(np.array([[30, 70], [50_000, 50_000]])) < many.raw / 10


@pytest.mark.parametrize("counts", [((20, 30, 50), (30, 30, 40)), ((1, 1, 2, 3, 93), (0, 1, 3, 2, 94))])
def test_the_bias_is_bergsmas_for_samples_of_one_size(counts):
    """Bergsma 2013: phi squared exceeds its true value by (levels - 1) (samples - 1) / (rows - 1) on average."""
    squared = V.statistic(*(levels(*side) for side in counts)).squared
    expected = (len(counts[0]) - 1) / 199
    assert squared.raw - squared.low_from == pytest.approx(expected, rel=0.01)  # a level of more than 50 rows: n instead of n - 1


def test_nothing_in_common_is_one():
    statistic = V.statistic(levels(500, 0), levels(0, 400))
    assert statistic.raw == pytest.approx(1.0)
    assert V.noise_floor(levels(1, 0), levels(0, 1), 0.05) <= 1
