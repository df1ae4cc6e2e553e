"""Average precision: its value, its influence function, and where it decides nothing."""

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.registry import load
from mlgate.testing.samples import arms, sample

METRIC = load("metrics", "average_precision")()


@st.composite
def scored(draw):
    n = draw(st.integers(2, 40))
    y = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)), dtype=float)
    y[0] = 1
    score = draw(st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.25, 1.0]), min_size=n, max_size=n))
    weight = draw(st.none() | st.lists(st.floats(0.01, 100), min_size=n, max_size=n))
    return y, np.array(score), None if weight is None else np.array(weight)


@given(data=scored())
def test_it_equals_sklearn_with_ties_and_weights(data):
    y, score, weight = data
    expected = reference.average_precision_score(y, score, sample_weight=weight)
    assert METRIC.value(sample(y, y_score=score, weight=weight)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_influence_of_a_row_is_what_leaving_it_out_changes(ties, weighted):
    rng = np.random.default_rng(5)
    y = (rng.random(800) < 0.3).astype(float)
    score = rng.normal(y, 1)
    score = np.round(score, 1) if ties else score
    one = sample(y, y_score=score, weight=rng.uniform(0.5, 2, 800) if weighted else None)
    influence = METRIC.influence(one)
    assert influence.mean() == pytest.approx(0, abs=1e-12)
    moved = np.array([METRIC.value(one) - METRIC.value(one.at(np.delete(np.arange(800), row))) for row in range(0, 800, 25)])
    assert moved * 800 == pytest.approx(influence[::25], abs=0.03 * np.abs(influence).max())


def test_rows_that_weigh_nothing_change_nothing():
    candidate, _ = arms(METRIC, 200)
    heavy = sample(np.r_[candidate.y_true, 1, 0], y_score=np.r_[candidate.y_score, 2.0, 3.0], weight=np.r_[np.ones(200), 0, 0])
    assert METRIC.value(heavy) == pytest.approx(METRIC.value(candidate), rel=1e-12)
    assert METRIC.influence(heavy)[-2:] == pytest.approx([0, 0], abs=1e-12)


def test_perfect_scores_are_not_proven_perfect():
    y = np.repeat([0.0, 1.0], 50)
    perfect = sample(y, y_score=y)
    assert METRIC.statistic(perfect).interval(0.9).low < 0.98
    assert METRIC.difference(perfect, perfect).interval(0.9).low < -0.02


def test_fewer_than_30_positives_are_flagged():
    y = np.repeat([0.0, 1.0], [100, 29])
    assert "29 positives" in METRIC.statistic(sample(y, y_score=np.random.default_rng(0).random(129))).flags[0]


def test_constant_scores_have_the_share_of_positives():
    y = np.repeat([0.0, 1.0], [70, 30])
    assert METRIC.value(sample(y, y_score=np.ones(100))) == pytest.approx(0.3)


def test_no_positive_row_is_an_error_of_the_data():
    with pytest.raises(MeasurementError, match="no label is positive among 3 rows") as caught:
        METRIC.statistic(sample([0, 0, 0], y_score=[0.1, 0.2, 0.3]))
    assert caught.value.cause == "data"
