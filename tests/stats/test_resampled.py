"""Means over runs: the plain t of independent runs, and the corrected one of splits."""

import math

import numpy as np
import pytest
from scipy import stats

from mlgate.core.errors import MeasurementError
from mlgate.stats.resampled import mean_over_runs, mean_over_splits, runs_for_probability, train_ratio


def differences(mean, std, count):
    """Values with exactly this mean and standard deviation."""
    plain = np.linspace(-1, 1, count)
    return mean + std * (plain - plain.mean()) / plain.std(ddof=1)


def test_scikit_learns_published_example_of_ten_by_ten_folds():
    """scikit-learn 1.5, "Statistical comparison of models using grid search": uncorrected t 2.611, corrected 0.750, p 0.227."""
    hundred = differences(2.611 / 10, 1.0, 100)
    corrected = mean_over_splits(hundred, test_share=0.1)
    assert mean_over_runs(hundred).value / mean_over_runs(hundred).standard_error == pytest.approx(2.611)
    assert corrected.value / corrected.standard_error == pytest.approx(0.750, abs=5e-4)
    assert corrected.pvalue(0, "greater") == pytest.approx(0.227, abs=1e-3)


def test_independent_runs_are_judged_by_students_t():
    values = np.random.default_rng(1).normal(0.01, 0.02, 12)
    estimate = mean_over_runs(values)
    assert estimate.pvalue(0, "greater") == pytest.approx(stats.ttest_1samp(values, 0, alternative="greater").pvalue)
    reference = stats.t.interval(0.9, 11, loc=values.mean(), scale=stats.sem(values))
    assert (estimate.interval(0.9).low, estimate.interval(0.9).high) == pytest.approx(reference)


def test_the_correction_adds_test_rows_over_training_rows_to_the_variance():
    values = differences(0.01, 0.02, 10)
    assert mean_over_splits(values, test_share=0.2).standard_error == pytest.approx(math.sqrt(0.1 + 0.25) * 0.02)
    assert train_ratio(0.5) == 1


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5])
def test_a_test_share_is_inside_0_and_1(share):
    with pytest.raises(ValueError, match="test_share"):
        train_ratio(share)


def test_fewer_than_three_runs_are_flagged_and_one_says_nothing():
    assert mean_over_runs(differences(0, 1, 3)).flags == ()
    assert "too few" in mean_over_runs(differences(0, 1, 2)).flags[0]
    with pytest.raises(MeasurementError, match="says nothing"):
        mean_over_runs(np.array([0.1]))


def test_runs_that_all_differ_alike_are_flagged():
    (flag,) = mean_over_splits(np.full(10, 0.25), test_share=0.1).flags
    assert flag == "all 10 runs differ by the same 0.25: did anything vary between them?"


def test_noethers_number_of_runs_is_that_of_bouthillier_et_al():
    """Bouthillier et al. (2021, MLSys): 29 runs for P(A > B) = 0.75 with both errors 0.05."""
    assert runs_for_probability(0.75, alpha=0.05, power=0.95) == 29
    with pytest.raises(ValueError, match=r"above 0\.5"):
        runs_for_probability(0.5, alpha=0.05, power=0.9)
