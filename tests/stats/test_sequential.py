"""Against numbers of confseq 0.0.11, the package of Howard, Ramdas, McAuliffe and Sekhon (2021).

Its uniform_boundaries_unittest.cpp prints 12.60056 and 30.35209; further digits by compiling its header.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from mlgate.stats.sequential import log_evidence, mixing, one_sided, two_sided

RHO, BOUND = 12.6005609792563, 30.3520899037625
variances = st.floats(1, 1e7)
errors = st.floats(1e-6, 0.2)


def test_the_published_mixing_and_two_sided_bound_are_reproduced():
    assert mixing(100, alpha=0.05) == pytest.approx(RHO, abs=1e-9)
    assert two_sided(100, rho=RHO, alpha=0.05) == pytest.approx(BOUND, abs=1e-9)


@given(variances, st.floats(1, 1e6), errors)
def test_the_one_sided_bound_is_hardly_above_the_two_sided_one_at_twice_the_error(v, v_opt, error):
    rho = mixing(v_opt, alpha=0.1)
    plain = two_sided(v, rho=rho, alpha=2 * error)
    ratio = math.sqrt((v + rho) / rho) / (2 * error)
    widest = math.sqrt(2 * (v + rho) * math.log(ratio + 1))  # proposition 6 of the paper, in closed form
    assert plain * (1 - 1e-9) <= one_sided(v, rho=rho, error=error) <= widest * (1 + 1e-9)


@given(variances, errors)
def test_the_evidence_at_the_bound_is_one_over_the_error(v, error):
    rho = mixing(5000, alpha=0.1)
    assert math.exp(-log_evidence(one_sided(v, rho=rho, error=error), v, rho=rho)) == pytest.approx(error, rel=1e-6)


@pytest.mark.parametrize(("s", "v", "rho"), [(3.0, 40.0, 7.0), (25.0, 100.0, 12.6), (-4.0, 10.0, 3.0)])
def test_the_evidence_is_the_martingale_averaged_over_a_half_normal(s, v, rho):
    def weighted(scale):
        return math.exp(scale * s - scale**2 * v / 2) * 2 * stats.norm.pdf(scale, scale=rho**-0.5)

    averaged, _ = integrate.quad(weighted, 0, np.inf)
    assert log_evidence(s, v, rho=rho) == pytest.approx(math.log(averaged), abs=1e-7)


def test_the_bound_is_tightest_near_where_it_was_expected_to_be():
    widths = {v_opt: two_sided(1000, rho=mixing(v_opt, alpha=0.05), alpha=0.05) for v_opt in (100, 900, 1000, 1100, 10_000)}
    assert min(widths, key=widths.__getitem__) in (900, 1000, 1100)
    assert widths[1000] < widths[100]
    assert widths[1000] < widths[10_000]
