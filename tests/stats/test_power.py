import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.stats.paired import PairedProportion
from mlgate.stats.power import detectable, required_rows, rows_for_margin

shares = st.floats(0.001, 0.5)


@pytest.mark.parametrize(
    ("discordance", "margin", "rows"),
    # normal approximation of Liu et al. (2002): (z_.05 + z_.2)^2 psi / margin^2
    [(0.02, 0.005, 4947), (0.05, 0.01, 3092), (0.10, 0.01, 6183), (0.20, 0.02, 3092)],
)
def test_rows_for_a_margin_are_those_of_the_normal_approximation(discordance, margin, rows):
    assert rows_for_margin(discordance=discordance, margin=margin, alpha=0.05, power=0.8) == pytest.approx(rows, abs=1)


def test_even_without_discordance_rows_are_needed():
    rows = rows_for_margin(discordance=0.0, margin=0.01, alpha=0.05, power=0.8)
    assert rows == 268
    assert PairedProportion(n_obs=rows, better=0, worse=0).interval(0.9).low > -0.01
    assert PairedProportion(n_obs=rows - 1, better=0, worse=0).interval(0.9).low <= -0.01


@settings(database=None, deadline=None)
@given(st.floats(1e-6, 1.0), st.integers(2, 10**6), st.floats(1e-4, 1.0), shares, st.floats(0.5, 0.99))
def test_required_rows_make_the_margin_detectable(standard_error, n_obs, margin, alpha, power):
    rows = required_rows(standard_error=standard_error, n_obs=n_obs, margin=margin, alpha=alpha, power=power)
    then = standard_error * math.sqrt(n_obs / rows)
    assert detectable(standard_error=then, alpha=alpha, power=power) <= margin * (1 + 1e-9)


def test_without_an_error_one_row_is_enough():
    assert required_rows(standard_error=0.0, n_obs=100, margin=0.01, alpha=0.05, power=0.8) == 1


@pytest.mark.parametrize("wrong", [{"margin": 0.0}, {"margin": -1.0}, {"standard_error": math.inf}, {"alpha": 0.0}, {"power": 1.0}])
def test_a_plan_that_no_number_of_rows_fulfils_is_refused(wrong):
    with pytest.raises(ValueError, match=r"above 0|finite|in \(0, 1\)"):
        required_rows(**{"standard_error": 0.1, "n_obs": 10, "margin": 0.1, "alpha": 0.05, "power": 0.8, **wrong})
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        rows_for_margin(discordance=1.5, margin=0.1, alpha=0.05, power=0.8)
