import math

import numpy as np
import pytest

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Statistic
from mlgate.stats.bootstrap import bootstrap

VALUES = np.random.default_rng(5).normal(size=200)


def mean(rows):
    return float(VALUES[rows].mean())


def test_the_error_of_a_mean_is_found_again():
    estimate = bootstrap(mean, n_obs=200, seed=1)
    assert isinstance(estimate, Statistic)
    assert estimate.value == pytest.approx(VALUES.mean())
    # the spread of 2,000 resamples is known to 1 / sqrt(2 * 2000) = 1.6 %; four of these
    assert estimate.standard_error == pytest.approx(VALUES.std() / math.sqrt(200), rel=0.064)
    assert estimate.pvalue(10, "less") < 1e-9
    assert estimate.df == 199


def test_a_seed_gives_one_result():
    assert bootstrap(mean, n_obs=200, seed=1, n_resamples=50) == bootstrap(mean, n_obs=200, seed=1, n_resamples=50)
    assert bootstrap(mean, n_obs=200, seed=1, n_resamples=50) != bootstrap(mean, n_obs=200, seed=2, n_resamples=50)


def test_whole_groups_are_resampled():
    groups = np.repeat(np.arange(20), 10)
    drawn = []
    bootstrap(lambda rows: drawn.append(rows) or float(len(rows)), n_obs=200, seed=1, n_resamples=20, groups=groups)
    for rows in drawn[1:]:
        counts = np.bincount(rows, minlength=200).reshape(20, 10)
        assert (counts == counts[:, :1]).all()
        assert len(rows) == 200


def test_repeating_every_row_in_its_group_adds_no_certainty():
    alone = bootstrap(mean, n_obs=200, seed=1)
    doubled = bootstrap(lambda rows: float(np.repeat(VALUES, 2)[rows].mean()), n_obs=400, seed=1, groups=np.repeat(np.arange(200), 2))
    assert doubled.n_obs == 200
    assert doubled.standard_error == pytest.approx(alone.standard_error, rel=1e-9)


def test_a_few_failing_resamples_are_left_out_and_many_are_a_measurement_error():
    def fails_without(row):
        def statistic(rows):
            if row not in rows:
                raise ZeroDivisionError
            return mean(rows)

        return statistic

    drawn = []

    def fails_where_the_first_row_is_often(rows):
        drawn.append((rows == 0).sum() > 3)
        return math.nan if drawn[-1] else mean(rows)

    estimate = bootstrap(fails_where_the_first_row_is_often, n_obs=200, seed=1)
    assert 0 < sum(drawn) < 100
    assert estimate.standard_error == pytest.approx(VALUES.std() / math.sqrt(200), rel=0.064)
    with pytest.raises(MeasurementError, match="resamples"):
        bootstrap(fails_without(7), n_obs=200, seed=1)  # a row is missing from 37 % of the resamples


def test_an_error_on_all_rows_is_passed_on_and_nan_is_a_measurement_error():
    with pytest.raises(ZeroDivisionError):
        bootstrap(lambda rows: 1 / 0, n_obs=10, seed=1)
    with pytest.raises(MeasurementError, match="no number"):
        bootstrap(lambda rows: math.nan, n_obs=10, seed=1)
    with pytest.raises(MeasurementError, match="no rows"):
        bootstrap(lambda rows: 0.0, n_obs=0, seed=1)


def test_a_constant_has_no_error_and_one_row_or_group_proves_nothing():
    assert bootstrap(lambda rows: 0.1, n_obs=50, seed=1, n_resamples=100).standard_error == 0.0
    assert bootstrap(lambda rows: 0.1, n_obs=1, seed=1).pvalue(0, "greater") == 1.0
    assert bootstrap(lambda rows: 0.1, n_obs=50, seed=1, groups=np.zeros(50)).pvalue(0, "greater") == 1.0


def test_few_rows_and_few_groups_are_flagged():
    assert "29 rows" in bootstrap(lambda rows: 0.1, n_obs=29, seed=1, n_resamples=100).flags[0]
    assert "4 groups" in bootstrap(lambda rows: 0.1, n_obs=40, seed=1, n_resamples=100, groups=np.arange(40) % 4).flags[0]
    assert bootstrap(lambda rows: 0.1, n_obs=30, seed=1, n_resamples=100).flags == ()


def test_one_resample_is_refused():
    with pytest.raises(ValueError, match="n_resamples"):
        bootstrap(mean, n_obs=200, seed=1, n_resamples=1)
