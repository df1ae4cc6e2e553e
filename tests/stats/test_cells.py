import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.stats.cells import jackknife
from mlgate.stats.paired import PairedProportion

# cells of (label, prediction): true positives, false positives, false negatives, true negatives
counts4 = st.lists(st.integers(0, 30), min_size=4, max_size=4).filter(lambda cells: sum(cells) > 1 and sum(cells[:3]) > 0)


def f1(cells):
    return 2 * cells[..., 0] / (2 * cells[..., 0] + cells[..., 1] + cells[..., 2])


def accuracy_difference(cells):
    """Cells: both right, only the candidate right, only the baseline right, both wrong."""
    return (cells[..., 1] - cells[..., 2]) / cells.sum(axis=-1)


def row_jackknife(rows, statistic):
    """Efron and Tibshirani (1993) eq. 11.5, row by row."""
    left_out = np.array([statistic(np.delete(rows, index, axis=0)) for index in range(len(rows))])
    return math.sqrt((len(rows) - 1) / len(rows) * ((left_out - left_out.mean()) ** 2).sum())


def test_a_jackknife_where_every_row_is_a_cell_is_that_of_the_law_school_data():
    """Efron and Tibshirani (1993): correlation 0.776, jackknife standard error 0.1425."""
    lsat = np.array([576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594], dtype=float)
    gpa = np.array([3.39, 3.3, 2.81, 3.03, 3.44, 3.07, 3.0, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96])

    def correlation(cells):
        return float(np.corrcoef(lsat[cells > 0], gpa[cells > 0])[0, 1])

    estimate = jackknife(np.ones(15, dtype=np.int64), correlation)
    assert estimate.value == pytest.approx(0.776374491289407, abs=1e-12)
    assert estimate.standard_error == pytest.approx(0.14251861860227236, abs=1e-12)


@settings(database=None, deadline=None)
@given(counts4)
def test_deleting_one_row_per_cell_is_deleting_every_row(counts):
    rows = np.repeat(np.eye(4), counts, axis=0)
    with np.errstate(all="ignore"):
        expected = row_jackknife(rows, lambda kept: f1(kept.sum(axis=0)))
    estimate = jackknife(np.array(counts), f1)
    if math.isnan(expected):
        assert math.isinf(estimate.standard_error)
        assert "rests on one row" in estimate.flags[0]
    elif expected > 1e-12:
        assert estimate.standard_error == pytest.approx(expected, rel=1e-9)
    assert estimate.n_obs == sum(counts)
    assert not math.isnan(estimate.interval(0.9).low)


def test_identical_predictions_have_the_error_of_the_paired_proportion():
    estimate = jackknife(np.array([90, 0, 0, 10]), accuracy_difference)
    assert estimate.standard_error == pytest.approx(PairedProportion(n_obs=100, better=0, worse=0).standard_error, rel=1e-12)


def test_a_perfect_f1_still_has_an_error():
    assert jackknife(np.array([50, 0, 0, 50]), f1).standard_error == pytest.approx(1 - 100 / 101, rel=1e-9)


def test_flags_are_passed_on_and_one_row_proves_nothing():
    estimate = jackknife(np.array([1, 0, 0, 0]), f1, flags=("few positives",))
    assert estimate.flags == ("few positives",)
    assert estimate.pvalue(0.5, "greater") == 1.0


@pytest.mark.parametrize("counts", [[0, 0, 0, 0], [0, 0, 0, 9]])
def test_no_rows_and_an_undefined_metric_are_measurement_errors(counts):
    with pytest.raises(MeasurementError):
        jackknife(np.array(counts), f1)
