import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from mlgate.core.errors import MeasurementError
from mlgate.core.statistic import Statistic
from mlgate.stats.auc import Auc, AucDifference, influence, placements

from .asah import POOR_OUTCOME, S100B, WFNS

POOR = POOR_OUTCOME == 1


@st.composite
def scored(draw, most=40):
    """Rows with at least one of each class; few distinct scores, so that ties are the rule."""
    n = draw(st.integers(2, most))
    positive = np.array([True, False, *draw(st.lists(st.booleans(), min_size=n - 2, max_size=n - 2))])
    scores = st.lists(st.integers(0, 6).map(float) | st.just(math.inf), min_size=n, max_size=n)
    return positive, np.array(draw(scores)), np.array(draw(scores))


def by_definition(positive, score):
    """DeLong, DeLong and Clarke-Pearson (1988) as printed: every positive against every negative."""
    kernel = np.where(score[positive][:, None] > score[~positive], 1.0, np.where(score[positive][:, None] == score[~positive], 0.5, 0.0))
    values = np.empty(len(score))
    values[positive], values[~positive] = kernel.mean(axis=1), kernel.mean(axis=0)
    return kernel.mean(), values


def test_the_paired_delong_test_of_proc_is_reproduced():
    """pROC 1.18.0 roc.test(aSAH): Z = 2.209, p = 0.02718, areas 0.8236789 and 0.7313686."""
    difference = AucDifference.of(POOR, WFNS, S100B)
    areas = [Auc.of(POOR, score) for score in (WFNS, S100B)]
    assert [area.value for area in areas] == pytest.approx([0.8236788617886179, 0.7313685636856369], abs=1e-12)
    assert [area.standard_error**2 for area in areas] == pytest.approx([0.0014699147088236264, 0.002668682457172438], abs=1e-12)
    covariance = (areas[0].standard_error ** 2 + areas[1].standard_error ** 2 - difference.standard_error**2) / 2
    assert covariance == pytest.approx(0.0011961556737675448, abs=1e-12)
    assert difference.value / difference.standard_error == pytest.approx(2.2089835914409077, abs=1e-12)
    assert 2 * difference.pvalue(0, "greater") == pytest.approx(0.02717578222918815, abs=1e-12)
    interval, of_wfns = difference.interval(0.95), areas[0].interval(0.95)
    assert (interval.low, interval.high) == pytest.approx((0.010406176956484617, 0.17421441924947756), abs=1e-12)
    assert (of_wfns.low, of_wfns.high) == pytest.approx((0.74853488781945, 0.89882283575778), abs=1e-12)


def test_the_ct_ratings_of_hanley_and_mcneil_are_reproduced():
    """Hanley and McNeil (1982) Radiology 143:29: 109 images in five categories, area 0.893."""
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    score = np.concatenate([np.repeat(np.arange(5.0), counts) for counts in (normal, abnormal)])
    area = Auc.of(np.repeat([False, True], [sum(normal), sum(abnormal)]), score)
    assert area.value == pytest.approx(0.8931710615280595, abs=1e-12)
    assert area.standard_error == pytest.approx(0.030724408379381115, abs=1e-12)


@settings(database=None, deadline=None)
@given(scored())
def test_placements_are_those_of_the_definition_and_of_scikit_learn(rows):
    positive, score, _ = rows
    expected, values = by_definition(positive, score)
    placed = placements(positive, score)
    assert placed.auc == pytest.approx(expected, abs=1e-12)
    assert placed.auc == pytest.approx(roc_auc_score(positive, np.minimum(score, 99)), abs=1e-12)
    assert placed.values == pytest.approx(values, abs=1e-12)


def test_scores_without_ties_are_placed_alike():
    rng = np.random.default_rng(3)
    positive, score = rng.random(500) < 0.3, rng.normal(size=500)
    expected, values = by_definition(positive, score)
    placed = placements(positive, score)
    assert placed.auc == pytest.approx(expected, abs=1e-12)
    assert placed.values == pytest.approx(values, abs=1e-12)


def test_one_area_is_the_mann_whitney_statistic():
    expected = stats.mannwhitneyu(S100B[POOR], S100B[~POOR]).statistic / (POOR.sum() * (~POOR).sum())
    assert Auc.of(POOR, S100B).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("ratio", [1.0, 0.98])
def test_a_relative_margin_scales_the_baseline(ratio):
    difference = AucDifference.of(POOR, WFNS, S100B, ratio=ratio)
    areas = [Auc.of(POOR, score) for score in (WFNS, S100B)]
    variance = areas[0].standard_error ** 2 + ratio**2 * areas[1].standard_error ** 2 - 2 * ratio * 0.0011961556737675448
    assert difference.value == pytest.approx(areas[0].value - ratio * areas[1].value, abs=1e-14)
    assert difference.standard_error == pytest.approx(math.sqrt(variance), abs=1e-12)


@settings(database=None, deadline=None)
@given(scored())
def test_swapping_candidate_and_baseline_mirrors_and_nothing_is_nan(rows):
    positive, one, other = rows
    difference, swapped = AucDifference.of(positive, one, other), AucDifference.of(positive, other, one)
    assert isinstance(difference, Statistic)
    assert difference.value == -swapped.value
    assert difference.standard_error == pytest.approx(swapped.standard_error, rel=1e-9)
    assert difference.standard_error > 0
    assert not math.isnan(difference.interval(0.9).low)
    assert 0 <= difference.pvalue(-0.01, "greater") <= 1


def test_identical_scores_never_prove_a_margin_that_the_rarer_class_cannot_carry():
    positive = np.arange(1000) < 100
    score = np.linspace(0, 1, 1000)
    assert AucDifference.of(positive, score, score.copy()).interval(0.9).low < -0.01
    many = np.arange(40_000) < 20_000
    assert AucDifference.of(many, np.linspace(0, 1, 40_000), np.linspace(0, 1, 40_000)).interval(0.9).low > -0.01


def test_classes_that_are_wholly_apart_still_leave_an_error():
    positive = np.arange(100) < 50
    area = Auc.of(positive, -np.arange(100.0))
    assert area.value == 1.0
    assert area.standard_error == pytest.approx(1 / 51)


def test_few_rows_of_a_class_are_flagged():
    positive = np.arange(100) < 24
    assert Auc.of(positive, np.arange(100.0)).flags == ("24 positive rows are too few for roc_auc (at least 25 of each class)",)
    assert Auc.of(np.arange(100) < 25, np.arange(100.0)).flags == ()


def test_one_row_of_a_class_proves_nothing():
    area = Auc.of(np.array([True, False, False]), np.array([3.0, 1.0, 2.0]))
    assert area.value == 1.0
    assert area.pvalue(0.5, "greater") == 1.0


@pytest.mark.parametrize("positive", [[True, True], [False, False], []])
def test_one_class_only_is_a_measurement_error_about_the_data(positive):
    with pytest.raises(MeasurementError, match="both classes") as caught:
        Auc.of(np.array(positive, dtype=bool), np.arange(len(positive), dtype=float))
    assert caught.value.cause == "data"


def test_nan_scores_are_a_measurement_error_about_the_data():
    with pytest.raises(MeasurementError, match="1 of 2 scores are NaN") as caught:
        placements(np.array([True, False]), np.array([math.nan, 1.0]))
    assert caught.value.cause == "data"


def test_influence_values_give_delongs_error_to_first_order():
    rng = np.random.default_rng(4)
    positive = rng.random(3000) < 0.2
    score = np.round(rng.normal(size=3000) + positive, 1)
    values = influence(positive, score)
    assert values.mean() == pytest.approx(0, abs=1e-12)
    assert values.std() / math.sqrt(3000) == pytest.approx(Auc.of(positive, score).standard_error, rel=2e-3)
