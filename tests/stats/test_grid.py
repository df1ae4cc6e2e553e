import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from mlgate.core.distance import Binned, Distribution
from mlgate.distances.ks import KolmogorovSmirnov
from mlgate.distances.psi import PopulationStabilityIndex
from mlgate.distances.total_variation import TotalVariation
from mlgate.distances.wasserstein import Wasserstein
from mlgate.stats.binned import distributions
from mlgate.stats.grid import edges


def counted(values, cuts):
    counts = np.bincount(np.searchsorted(cuts, values), minlength=len(cuts) + 1)
    low, high = (float(values.min()), float(values.max())) if len(values) else (None, None)
    return Binned(tuple(cuts), tuple(int(count) for count in counts), 0, low, high)


def by_value(values):
    found, counts = np.unique(values, return_counts=True)
    return Distribution(dict(zip(found.tolist(), counts.tolist(), strict=True)), 0, numeric=True)


@given(hnp.arrays(np.float64, st.integers(0, 80), elements=st.floats(allow_nan=True, allow_infinity=True)), st.integers(2, 600))
def test_edges_ascend_and_are_finite_whatever_the_sample_holds(sample, cells):
    found = edges(sample, cells)
    assert list(found) == sorted(set(found))
    assert np.isfinite(found).all()
    assert bool(found) == bool(np.isfinite(sample).any())


def test_cells_hold_about_equal_shares_of_a_continuous_column():
    sample = np.random.default_rng(1).normal(size=50_000)
    share = np.array(counted(sample, edges(sample, 10)).counts) / len(sample)
    assert share == pytest.approx(0.1, abs=1e-3)


def test_the_outer_cells_are_halved_where_there_are_cells_enough():
    sample = np.random.default_rng(1).normal(size=50_000)
    share = np.array(counted(sample, edges(sample, 512)).counts) / len(sample)
    assert share[0] < 0.1 / 512
    assert share[-1] < 0.1 / 512


def test_a_value_that_fills_a_cell_stands_alone():
    sample = np.concatenate([np.zeros(500), np.random.default_rng(1).normal(size=500)])
    found = edges(sample, 10)
    assert found[found.index(0.0) - 1] == np.nextafter(0.0, -np.inf)


def test_few_distinct_values_all_stand_alone_so_that_nothing_is_lost():
    values = np.repeat([1.0, 2.0, 5.0], [3, 400, 7])
    current, reference = distributions(counted(values, edges(values, 10)), counted(values, edges(values, 10)))
    assert reference.exact
    assert current.counts == {1.0: 3, 2.0: 400, 5.0: 7}


def two_samples(seed, n=4000, shift=0.2):
    rng = np.random.default_rng(seed)
    return rng.normal(shift, 1, n), rng.normal(0, 1, n + 500)


@pytest.mark.parametrize("seed", range(5))
def test_bounds_of_ks_from_cells_hold_those_of_every_value(seed):
    now, then = two_samples(seed)
    cuts = edges(then[:1000], 64)
    coarse = KolmogorovSmirnov().statistic(*distributions(counted(now, cuts), counted(then, cuts)))
    exact = stats.ks_2samp(now, then).statistic
    assert coarse.low_from <= exact <= coarse.high_from
    assert coarse.high_from - coarse.low_from < 0.06


@pytest.mark.parametrize("seed", range(5))
def test_bounds_of_wasserstein_from_cells_hold_that_of_every_value(seed):
    now, then = two_samples(seed)
    cuts = edges(then[:1000], 512)
    coarse = Wasserstein().statistic(*distributions(counted(now, cuts), counted(then, cuts)))
    exact = stats.wasserstein_distance(now, then) / then.std()
    assert abs(coarse.value - exact) <= coarse.high_from - coarse.value < 0.05


def test_cells_are_the_bins_of_psi_and_no_two_of_them_melt():
    now, then = two_samples(1)
    cuts = edges(then[:1000], PopulationStabilityIndex.cells)
    sides = distributions(counted(now, cuts), counted(then, cuts))
    p, q = ((np.array(counted(one, cuts).counts) + 0.5) / (len(one) + 5) for one in (now, then))
    assert PopulationStabilityIndex().statistic(*sides).raw == pytest.approx(float(np.sum((p - q) * np.log(p / q))))


def test_total_variation_of_few_values_is_that_of_their_levels_though_counted_in_cells():
    rng = np.random.default_rng(3)
    now, then = rng.integers(0, 9, 3000).astype(float), rng.integers(0, 8, 3000).astype(float)
    cuts = edges(then, TotalVariation.cells)
    coarse = TotalVariation().statistic(*distributions(counted(now, cuts), counted(then, cuts)))
    assert coarse.value == pytest.approx(TotalVariation().statistic(by_value(now), by_value(then)).value)


def test_sides_counted_between_different_edges_are_refused():
    with pytest.raises(ValueError, match="different edges"):
        distributions(Binned((1.0,), (1, 1), 0, 0.0, 2.0), Binned((1.5,), (1, 1), 0, 0.0, 2.0))


def test_a_side_without_values_is_a_distribution_without_rows():
    current, reference = distributions(Binned((), (0,), 3, None, None), Binned((), (0,), 2, None, None))
    assert (current.n_obs, current.nulls, reference.nulls) == (0, 3, 2)
