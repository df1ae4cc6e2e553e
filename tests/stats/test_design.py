import numpy as np
import pytest

from mlgate.core.distance import Distribution
from mlgate.core.errors import MeasurementError
from mlgate.distances.ks import KolmogorovSmirnov
from mlgate.distances.psi import PopulationStabilityIndex
from mlgate.distances.total_variation import TotalVariation
from mlgate.stats.design import BlockTable, Design, few_blocks, guarded, thinned


def table(values):
    """Of rows by block."""
    counts = {}
    for block, row in enumerate(values):
        for value in row:
            counts[block, value] = counts.get((block, value), 0) + 1
    return BlockTable.of(counts)


def test_blocks_of_one_value_each_are_worth_one_row_each():
    # of m rows a block the design effect is m (Kish 1965), times blocks / (blocks - 1) for a covariance from as many blocks
    found = table([["a"] * 50 if block % 2 else ["b"] * 50 for block in range(40)])
    assert found.effect(ordered=False) == pytest.approx(50 * 40 / 39, rel=0.03)
    assert found.effect_of({"a"}) == pytest.approx(50 * 40 / 39, rel=0.03)


def test_the_design_effect_of_a_share_is_that_of_the_textbook():
    # the between-block variance of the share over the binomial one, by hand
    rng = np.random.default_rng(1)
    inside = rng.binomial(80, rng.beta(2, 8, size=25))
    found = table([["in"] * count + ["out"] * (80 - count) for count in inside.tolist()])
    share = inside.mean() / 80
    by_blocks = (inside / 80).var(ddof=1) / 25
    assert found.effect_of({"in"}) == pytest.approx(by_blocks / (share * (1 - share) / (25 * 80)))


def test_the_design_effect_of_nulls_is_their_own():
    found = table([[None] * (20 if block % 2 else 0) + [1.0] * (80 if block % 2 else 100) for block in range(30)])
    assert found.effect(ordered=True) == 1
    assert found.effect_of_nulls() == pytest.approx(100 * 30 / 29 * 0.1**2 / (0.1 * 0.9))


def test_the_design_effect_of_numbers_with_a_level_per_block_is_that_of_their_mean():
    # 1 + (m - 1) * intra-class correlation (Kish 1965)
    rng = np.random.default_rng(2)
    drawn = [np.round(0.5 * rng.normal(size=(60, 1)) + rng.normal(size=(60, 100)), 2) for _ in range(40)]
    assert np.mean([table(one.tolist()).effect(ordered=True) for one in drawn]) == pytest.approx(1 + 99 * 0.25 / 1.25, rel=0.1)


@pytest.mark.parametrize("ordered", [True, False])
def test_independent_rows_have_a_design_effect_of_about_one(ordered):
    rng = np.random.default_rng(3)
    found = [table(rng.integers(8, size=(100, 40)).astype(float).tolist()).effect(ordered=ordered) for _ in range(40)]
    assert 1 <= np.mean(found) < 1.12


def test_many_levels_and_few_blocks_do_not_make_up_a_design_effect():
    rng = np.random.default_rng(4)
    found = [table(rng.integers(1000, size=(8, 200)).astype(str).tolist()).effect(ordered=False) for _ in range(40)]
    assert np.mean(found) < 1.3


def test_levels_that_whole_blocks_bring_are_missed_by_chance():
    with_own = table([["a"] * 8 + [f"only {block}"] * 2 for block in range(20)])
    assert with_own.missed_by_chance() == pytest.approx((40 + 3 * np.sqrt(20 * 4)) / 200)
    assert table([["a", "b"]] * 20).missed_by_chance() == 0


def test_an_infinite_value_has_no_mean_and_still_a_design_effect():
    assert table([[np.inf, 1.0], [1.0, 2.0], [-np.inf, 1.0]]).effect(ordered=True) >= 1


def test_rows_without_a_block_are_refused():
    with pytest.raises(MeasurementError, match="in no block"):
        BlockTable.of({(None, 1): 3})


def test_an_empty_column_has_no_design_effect():
    assert BlockTable.of({(1, None): 3, (2, None): 1}).effect(ordered=True) == 1
    assert BlockTable.of({}).effect(ordered=False) == 1


def test_few_blocks_cost_more_than_their_design_effect_and_one_block_proves_nothing():
    assert Design(1000, 10.0).rows(100_000, 10.0) == pytest.approx(10_000, rel=0.02)
    assert Design(10, 10.0).rows(100_000, 10.0) < 6000
    assert Design(1, 1.0).rows(100_000, 1.0) == 2
    assert few_blocks((Design(4, 1.0), Design(90, 1.0))) == ("4 blocks on a side are too few (at least 5)",)
    assert not few_blocks((Design(5, 1.0), Design(5, 1.0)))


@pytest.mark.parametrize("distance", [KolmogorovSmirnov(), TotalVariation(), PopulationStabilityIndex()], ids=lambda one: one.name)
def test_a_thinned_sample_has_the_same_shares_and_wider_bounds(distance):
    current, reference = (Distribution(dict(enumerate(counts)), 0, numeric=True) for counts in ([400, 300, 200, 100, 7], [300, 300, 300, 97, 3]))
    few, whole = distance.statistic(thinned(current, 101), thinned(reference, 97)), distance.statistic(current, reference)
    assert few.n_obs == 97
    if distance.name != "psi":  # whose half a row a bin weighs more
        assert few.raw == pytest.approx(whole.raw)
    assert few.interval(0.9).low < whole.interval(0.9).low
    assert guarded(few, whole).interval(0.9).high > whole.interval(0.9).high


def test_thinning_to_more_rows_than_there_are_changes_nothing():
    one = Distribution({1: 5}, 0, numeric=True)
    assert thinned(one, 9) is one
