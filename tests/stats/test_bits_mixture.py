import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from mlgate.stats.bits_mixture import BitsMixture

counts = st.integers(0, 300)


@st.composite
def arms(draw):
    n1, n2 = draw(st.integers(1, 400)), draw(st.integers(1, 400))
    return BitsMixture.of_arms((draw(st.integers(0, n1)), n1), (draw(st.integers(0, n2)), n2))


@st.composite
def pairs(draw):
    more, fewer, equal = draw(counts), draw(counts), draw(counts)
    return BitsMixture.of_pairs(more=more, fewer=fewer, pairs=max(1, more + fewer + equal))


mixtures = st.one_of(arms(), pairs())


def test_the_averaged_likelihood_is_the_integral_over_jeffreys_prior():
    def weighted(share):
        return share**3 * (1 - share) ** 7 * stats.beta.pdf(share, 0.5, 0.5)

    first, _ = integrate.quad(weighted, 0, 1)
    second, _ = integrate.quad(lambda share: (1 - share) ** 4 * stats.beta.pdf(share, 0.5, 0.5), 0, 1)
    assert BitsMixture.of_arms((3, 10), (0, 4)).log_mixture == pytest.approx(math.log(first) + math.log(second), abs=1e-6)


def test_the_pvalue_divides_by_the_largest_likelihood_under_the_hypothesis():
    """A grid over all that the hypothesis "no more than 0.1 higher" allows."""
    mixture = BitsMixture.of_arms((30, 50), (5, 40))
    p1, p2 = np.meshgrid(np.linspace(1e-6, 1 - 1e-6, 2001), np.linspace(1e-6, 1 - 1e-6, 2001))
    likelihood = 30 * np.log(p1) + 20 * np.log1p(-p1) + 5 * np.log(p2) + 35 * np.log1p(-p2)
    largest = likelihood[p1 - p2 <= 0.1 + 1e-9].max()
    assert math.log(mixture.pvalue(0.1, "greater")) == pytest.approx(largest - mixture.log_mixture, abs=1e-3)


def test_the_pvalue_of_pairs_divides_by_the_largest_likelihood_too():
    mixture = BitsMixture.of_pairs(more=25, fewer=4, pairs=100)
    more, fewer = np.meshgrid(*[np.linspace(1e-6, 0.6 + 1e-6, 2401)] * 2)
    equal = 1 - more - fewer
    allowed = (equal > 0) & (more - fewer <= 0.05 + 1e-9)
    likelihood = 25 * np.log(more[allowed]) + 4 * np.log(fewer[allowed]) + 71 * np.log(equal[allowed])
    assert math.log(mixture.pvalue(0.05, "greater")) == pytest.approx(likelihood.max() - mixture.log_mixture, abs=1e-3)


@settings(max_examples=60)
@given(mixtures, st.floats(1e-5, 0.4), st.booleans())
def test_the_bound_is_where_the_pvalue_is_the_error(mixture, error, upper):
    bound = mixture.bound(error, upper=upper)
    if abs(bound) < 1:
        assert mixture.pvalue(bound, "less" if upper else "greater") == pytest.approx(error, rel=1e-6)
    assert (bound >= mixture.value) if upper else (bound <= mixture.value)


@settings(max_examples=60)
@given(mixtures, st.floats(-1, 1), st.floats(-1, 1))
def test_pvalues_grow_towards_the_estimate(mixture, one, other):
    low, high = sorted((one, other))
    assert mixture.pvalue(low, "greater") <= mixture.pvalue(high, "greater") * (1 + 1e-9)
    assert mixture.pvalue(high, "less") <= mixture.pvalue(low, "less") * (1 + 1e-9)


def test_swapping_the_arms_mirrors_the_bounds():
    one, other = BitsMixture.of_arms((3, 90), (9, 70)), BitsMixture.of_arms((9, 70), (3, 90))
    assert one.bound(0.05, upper=True) == pytest.approx(-other.bound(0.05, upper=False))


def test_no_event_in_many_rows_bounds_the_difference_near_zero():
    bound = BitsMixture.of_arms((0, 100_000), (0, 100_000)).bound(0.005, upper=True)
    assert 0 < bound < 2e-4


def test_an_impossible_difference_is_rejected_for_certain():
    assert BitsMixture.of_arms((1, 2), (0, 2)).pvalue(-1.0, "greater") == 0.0
