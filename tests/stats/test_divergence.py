import math

import numpy as np
import pytest

from mlgate.stats.divergence import psi, spread, total_variation


def test_psi_is_both_kullback_leibler_divergences_together():
    """The example of Wikipedia's "Kullback-Leibler divergence": 0.0852996 and 0.097455 nats."""
    p, q = np.array([0.36, 0.48, 0.16]), np.full(3, 1 / 3)
    assert psi(p, q) == pytest.approx(0.1827546081037581, abs=1e-14)
    assert psi(q, p) == pytest.approx(psi(p, q), abs=1e-14)


def test_a_level_that_only_one_side_has_makes_psi_infinite_and_one_that_neither_has_adds_nothing():
    assert psi(np.array([1.0, 0.0]), np.array([0.5, 0.5])) == math.inf
    assert psi(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 0.0


def test_total_variation_is_the_share_that_has_to_move():
    assert total_variation(np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.2, 0.3])) == pytest.approx(0.3)


def test_spread_is_a_variance():
    assert spread(np.array([0.25, 0.75]), np.array([1.0, 5.0])) == pytest.approx(3.0)
