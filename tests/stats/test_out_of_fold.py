import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from mlgate.stats.auc import Auc
from mlgate.stats.out_of_fold import FoldedAuc, folds_of, too_few


def scored(seed, n, m, shift=0.5):
    rng = np.random.default_rng(seed)
    positive = np.arange(n + m) < n
    return positive, rng.normal(size=n + m) + shift * positive


def test_one_fold_is_delongs_area():
    positive, score = scored(1, 60, 80)
    found, plain = FoldedAuc.of(positive, score, np.zeros(140, dtype=int)), Auc.of(positive, score)
    assert (found.value, found.standard_error) == (plain.value, plain.standard_error)


def test_the_value_is_the_mean_of_the_folds_whatever_their_models_scales():
    positive, score = scored(2, 300, 300)
    fold = folds_of(positive, 5, seed=1)
    expected = np.mean([roc_auc_score(positive[fold == one], score[fold == one]) for one in range(5)])
    assert FoldedAuc.of(positive, score * 10.0**fold + 100 * fold, fold).value == pytest.approx(expected)


def test_the_error_is_the_spread_over_fresh_samples():
    found = [FoldedAuc.of(*scored(seed, 100, 200), folds_of(np.arange(300) < 100, 5, seed=seed)) for seed in range(400)]
    spread = np.std([one.value for one in found])
    # these scores come from no models, so that the folds are independent and the allowance for shared training rows is all that differs
    assert np.mean([one.standard_error for one in found]) == pytest.approx(1.5 * spread, rel=0.12)
    assert np.mean([one.value for one in found]) == pytest.approx(stats.norm.cdf(0.5 / np.sqrt(2)), abs=4 * spread / 20)


def test_the_error_of_groups_is_the_spread_over_fresh_groups():
    def sampled(seed):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(40), 10)
        positive = groups < 20
        score = rng.normal(size=40)[groups] + 0.5 * rng.normal(size=400)
        return FoldedAuc.of(positive, score, folds_of(positive, 4, seed, groups=groups), groups=groups)

    found = [sampled(seed) for seed in range(400)]
    allowance = np.sqrt(1 + 4 / 3)
    assert np.mean([one.standard_error for one in found]) == pytest.approx(allowance * np.std([one.value for one in found]), rel=0.15)
    assert found[0].n_obs == 40
    assert found[0].df == 39


def test_few_rows_and_few_groups_are_flagged():
    positive, score = scored(3, 60, 80)
    assert "too few" in FoldedAuc.of(positive, score, folds_of(positive, 5, seed=1)).flags[0]
    positive, score = scored(3, 400, 400)
    groups = np.where(positive, np.arange(800) % 3, 10 + np.arange(800) % 30)
    assert any("3 groups on a side" in flag for flag in FoldedAuc.of(positive, score, folds_of(positive, 2, 1, groups=groups), groups=groups).flags)


def test_folds_have_equal_parts_of_both_sides_and_are_the_same_each_time():
    positive = np.arange(1000) < 100
    fold = folds_of(positive, 5, seed=7)
    assert np.bincount(fold[positive]).tolist() == [20] * 5
    assert np.bincount(fold[~positive]).tolist() == [180] * 5
    assert (fold == folds_of(positive, 5, seed=7)).all()
    assert (fold != folds_of(positive, 5, seed=8)).any()


def test_rows_of_a_group_share_a_fold_and_every_fold_has_both_sides():
    groups = np.repeat(np.arange(14), 5)
    positive = groups < 4
    fold = folds_of(positive, 5, seed=1, groups=groups)
    assert all(len(set(fold[groups == group])) == 1 for group in range(14))
    assert fold.max() + 1 == 4
    assert all(positive[fold == one].any() and not positive[fold == one].all() for one in range(4))


def test_what_cannot_be_split_is_said():
    assert too_few(np.array([True, False, False]), None).startswith("1 rows on one side")
    assert not too_few(np.array([True, True, False, False]), None)
    assert too_few(np.array([True, True, False, False]), np.array([0, 0, 1, 2])).startswith("1 groups of rows")
