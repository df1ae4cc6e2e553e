import math

import numpy as np
import pytest
from scipy import stats

from mlgate.core.errors import MeasurementError
from mlgate.stats.clustered import clustered

VALUES = np.array([3.0, 4.0, 8.0, 1.0, 0.0, 2.0, 9.0, 9.0, 5.0])
GROUPS = np.array(["a", "a", "b", "c", "c", "c", "d", "d", "e"])


def estimate(groups=GROUPS, values=VALUES):
    return clustered(value=values.mean(), influence=values - values.mean(), groups=groups)


def test_the_error_is_the_cluster_robust_one():
    """By hand as statsmodels' OLS(y, 1).fit(cov_type="cluster", use_correction=True) with k = 1: its n - 1 over n - k is 1 here."""
    sums = [(VALUES[name == GROUPS] - VALUES.mean()).sum() for name in "abcde"]
    assert estimate().standard_error == pytest.approx(math.sqrt(5 / 4 * sum(one**2 for one in sums)) / 9, abs=1e-14)
    assert (estimate().n_obs, estimate().df) == (5, 4)


def test_groups_of_one_row_are_the_t_interval():
    alone = estimate(np.arange(9)).interval(0.9)
    assert (alone.low, alone.high) == pytest.approx(tuple(stats.ttest_1samp(VALUES, 0).confidence_interval(0.9)), abs=1e-12)


def test_repeating_every_row_in_its_group_adds_no_certainty():
    doubled = estimate(np.repeat(np.arange(9), 2), np.repeat(VALUES, 2))
    assert doubled.standard_error == pytest.approx(stats.sem(VALUES), abs=1e-12)


@pytest.mark.parametrize("kind", [object, str])
def test_ids_may_be_of_any_type(kind):
    assert estimate(GROUPS.astype(kind)).standard_error == estimate().standard_error


def test_ids_of_mixed_types_are_told_apart():
    assert estimate(np.array([1, 1, "1", 2, 2, 2, (3,), (3,), 4.5], dtype=object)).n_obs == 5


def test_fewer_than_five_groups_are_flagged():
    assert estimate().flags == ()
    assert estimate(np.array([1, 1, 2, 3, 3, 3, 4, 4, 4])).flags == ("4 groups are too few (at least 5)",)


@pytest.mark.parametrize(
    "groups",
    [np.zeros(9), np.array([1.0] * 8 + [math.nan]), np.array(["a"] * 8 + [None], dtype=object), np.array(["a"] * 8 + [math.nan], dtype=object)],
)
def test_one_group_and_rows_without_a_group_are_measurement_errors(groups):
    with pytest.raises(MeasurementError, match="group"):
        estimate(groups)
