"""MAPE, pinball loss, R squared, median absolute error and exceedance."""

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import assume, given
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.registry import load
from mlgate.testing.samples import sample


def metric(name, **keys):
    return load("metrics", name)(**keys)


@st.composite
def predicted(draw):
    n = draw(st.integers(2, 40))
    numbers = st.floats(-1e6, 1e6) | st.integers(-3, 3).map(float)
    y, answer = (np.array(draw(st.lists(numbers, min_size=n, max_size=n))) for _ in range(2))
    weight = draw(st.none() | st.lists(st.floats(0.01, 100) | st.integers(1, 4).map(float), min_size=n, max_size=n))
    return y, answer, None if weight is None else np.array(weight)


@given(data=predicted(), q=st.sampled_from([0.1, 0.5, 0.9]))
def test_pinball_equals_sklearn(data, q):
    y, answer, weight = data
    expected = reference.mean_pinball_loss(y, answer, alpha=q, sample_weight=weight)
    assert metric("pinball", quantile=q).value(sample(y, answer, weight=weight)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(data=predicted())
def test_mape_equals_sklearn_where_no_label_is_zero(data):
    y, answer, weight = data
    y = np.where(y == 0, 1.0, y)
    expected = reference.mean_absolute_percentage_error(y, answer, sample_weight=weight)
    assume(np.abs(y).min() > 1e-12)  # below, sklearn divides by 2.2e-16 instead
    assert metric("mape").value(sample(y, answer, weight=weight)) == pytest.approx(expected, rel=1e-12)


@given(data=predicted())
def test_r2_equals_sklearn(data):
    y, answer, weight = data
    assume(np.var(y) > 1e-6 * (1 + np.square(y).max()))
    expected = reference.r2_score(y, answer, sample_weight=weight)
    assert metric("r2").value(sample(y, answer, weight=weight)) == pytest.approx(expected, rel=1e-10, abs=1e-12)


@given(data=predicted())
def test_medae_equals_sklearn_with_ties_and_weights(data):
    y, answer, weight = data
    expected = reference.median_absolute_error(y, answer, sample_weight=weight)
    assert metric("medae").value(sample(y, answer, weight=weight)) == pytest.approx(expected, rel=1e-12)


@given(data=predicted(), limit=st.sampled_from([0.0, 1.0, 1000.0]))
def test_exceedance_is_the_share_of_errors_beyond_the_limit(data, limit):
    y, answer, weight = data
    expected = 1 - reference.accuracy_score(np.ones(y.size), np.abs(y - answer) <= limit, sample_weight=weight)
    assert metric("exceedance", limit=limit).value(sample(y, answer, weight=weight)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_a_label_of_zero_has_no_percentage():
    with pytest.raises(MeasurementError, match="the label is 0 in 2 of 4 rows") as caught:
        metric("mape").statistic(sample([0, 1, 0, 2], [1, 1, 1, 1]))
    assert caught.value.cause == "data"


def test_labels_that_do_not_vary_have_no_r2():
    with pytest.raises(MeasurementError, match="all labels are equal") as caught:
        metric("r2").statistic(sample([2, 2, 2], [1, 2, 3]))
    assert caught.value.cause == "data"


def test_rows_that_weigh_nothing_do_not_make_labels_vary():
    with pytest.raises(MeasurementError, match="all labels are equal"):
        metric("r2").value(sample([2, 2, 3], [1, 2, 3], weight=[1, 1, 0]))


def test_exceedance_of_two_models_is_judged_by_tango():
    y = np.zeros(200)
    candidate, baseline = np.r_[np.full(30, 9.0), np.zeros(170)], np.r_[np.zeros(20), np.full(20, 9.0), np.zeros(160)]
    found = metric("exceedance", limit=5).difference(sample(y, candidate), sample(y, baseline))
    assert (found.n_obs, found.better, found.worse) == (200, 20, 10)
    assert found.value == pytest.approx(0.05)


def test_errors_that_are_tied_at_the_median_decide_nothing():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 10, 500).astype(float)
    one, other = sample(y, y + rng.integers(-1, 2, 500)), sample(y, y + rng.integers(-2, 3, 500))
    found = metric("medae").difference(one, other)
    assert "tied at their median" in found.flags[0]
    assert found.pvalue(-5.0, "greater") == found.pvalue(5.0, "less") == 1.0


@pytest.mark.parametrize("columns", [{}, {"group": np.repeat(np.arange(100), 5)}, {"weight": np.random.default_rng(0).uniform(0.5, 2, 500)}])
def test_the_error_of_a_median_is_its_spread(columns):
    rng = np.random.default_rng(2)
    found = []
    for _ in range(200):
        y = rng.normal(0, 3, 500)
        found.append(metric("medae").statistic(sample(y, y + rng.normal(0, 1, 500), **columns)))
    spread = np.std([one.value for one in found], ddof=1)
    assert np.mean([one.standard_error for one in found]) == pytest.approx(spread, rel=0.2)


@pytest.mark.parametrize(("name", "keys"), [("r2", {}), ("medae", {}), ("pinball", {"quantile": 0.9}), ("mape", {}), ("exceedance", {"limit": 1.0})])
def test_a_group_of_one_row_each_is_rows(name, keys):
    rng = np.random.default_rng(4)
    y = rng.normal(10, 3, 500)
    answers = [y + rng.normal(0, scale, 500) for scale in (1, 1.2)]
    plain = metric(name, **keys).difference(*(sample(y, one) for one in answers))
    grouped = metric(name, **keys).difference(*(sample(y, one, group=np.arange(500)) for one in answers))
    assert grouped.standard_error == pytest.approx(plain.standard_error, rel=0.01)
