"""NDCG, MRR and MAP: values of each query, averaged over queries."""

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.registry import load
from mlgate.stats.mean import HallMean
from mlgate.testing.samples import sample


def metric(name, **keys):
    return load("metrics", name)(**keys)


@st.composite
def queries(draw, gains, *, smallest=2):
    """Rows of one to six queries, in any order, with ties among scores."""
    sizes = draw(st.lists(st.integers(smallest, 8), min_size=1, max_size=6))
    query = np.repeat(np.arange(len(sizes)) * 7 - 3, sizes)
    gain = np.array(draw(st.lists(gains, min_size=query.size, max_size=query.size)), dtype=float)
    score = np.array(draw(st.lists(st.sampled_from([0.1, 0.5, 0.9]) | st.floats(-5, 5), min_size=query.size, max_size=query.size)))
    order = np.array(draw(st.permutations(range(query.size))))
    return query[order], gain[order], score[order]


def by_query(data, value):
    query, gain, score = data
    return np.mean([value(gain[query == one], score[query == one]) for one in np.unique(query)])


def of(data):
    query, gain, score = data
    return sample(gain, y_score=score, query=query)


@pytest.mark.parametrize("k", [None, 1, 3, 100])
@given(data=queries(st.sampled_from([0.0, 1.0, 2.5, 3.0])))
def test_ndcg_equals_sklearn_with_ties(k, data):
    expected = by_query(data, lambda gain, score: reference.ndcg_score([gain], [score], k=k))
    assert metric("ndcg", k=k).value(of(data)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(data=queries(st.integers(0, 1)))
def test_map_equals_the_mean_of_sklearns_average_precision(data):
    expected = by_query(data, lambda gain, score: reference.average_precision_score(gain, score) if gain.any() else 0.0)
    assert metric("map").value(of(data)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(data=queries(st.just(0.0)))
def test_mrr_of_one_relevant_row_equals_sklearns_label_ranking_average_precision(data):
    query, gain, _ = data
    for one in np.unique(query):
        gain[np.flatnonzero(query == one)[-1]] = 1.0
    expected = by_query(data, lambda gain, score: reference.label_ranking_average_precision_score([gain], [score]))
    assert metric("mrr").value(of(data)) == pytest.approx(expected, rel=1e-12)


def test_mrr_and_map_at_k_by_hand():
    gain, score = [0, 1, 0, 1, 1], [5, 4, 3, 2, 1]
    one = sample(gain, y_score=score, query=np.zeros(5))
    assert metric("mrr").value(one) == pytest.approx(1 / 2)
    assert metric("mrr", k=1).value(one) == 0.0
    assert metric("map").value(one) == pytest.approx((1 / 2 + 2 / 4 + 3 / 5) / 3)
    assert metric("map", k=4).value(one) == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert metric("map", k=2).value(one) == pytest.approx((1 / 2) / 2)


def test_of_tied_rows_the_irrelevant_ones_come_first_for_mrr():
    tied = sample([1, 0, 0, 1], y_score=[1, 1, 1, 1], query=np.zeros(4))
    assert metric("mrr").value(tied) == pytest.approx(1 / 3)


@pytest.mark.parametrize("name", ["ndcg", "mrr", "map"])
def test_a_query_without_relevant_rows_counts_zero_and_one_of_one_relevant_row_counts_one(name):
    assert metric(name).value(sample([0, 0, 1], y_score=[1, 2, 3], query=[0, 0, 1])) == pytest.approx(0.5)


def rankings(n_queries=60, **columns):
    rng = np.random.default_rng(0)
    query = np.repeat(np.arange(n_queries), 6)
    gain = rng.integers(0, 3, query.size)
    return tuple(sample(gain, y_score=gain + rng.normal(0, one, query.size), query=query, **columns) for one in (1.0, 1.5))


@pytest.mark.parametrize("name", ["ndcg", "mrr", "map"])
def test_the_queries_are_the_independent_units(name):
    candidate, baseline = rankings()
    values = [[metric(name).value(arm.at(np.flatnonzero(arm.query == one))) for one in range(60)] for arm in (candidate, baseline)]
    assert metric(name).difference(candidate, baseline, ratio=0.9).value == pytest.approx(np.mean(values[0]) - 0.9 * np.mean(values[1]))
    found, expected = metric(name).difference(candidate, baseline), HallMean.of(np.subtract(*values))
    assert (found.n_obs, found.standard_error) == (60, pytest.approx(expected.standard_error))


def test_groups_are_groups_of_queries_and_weights_are_of_queries():
    weight = np.repeat(np.random.default_rng(1).uniform(1, 3, 60), 6)
    weighted, _ = rankings(weight=weight)
    values = [metric("ndcg").value(weighted.at(np.flatnonzero(weighted.query == one))) for one in range(60)]
    assert metric("ndcg").statistic(weighted).value == pytest.approx(np.average(values, weights=weight[::6]))
    grouped, _ = rankings(group=np.repeat(np.arange(10), 36))
    assert metric("ndcg").statistic(grouped).n_obs == 10


@pytest.mark.parametrize(
    ("columns", "message", "cause"),
    [
        ({"weight": np.arange(1, 361)}, "sample_weight differs within 60 of 60 queries", "data"),
        ({"group": np.arange(360) // 4}, "groups differs within 60 of 60 queries", "data"),
    ],
)
def test_a_weight_or_group_that_differs_within_a_query_is_refused(columns, message, cause):
    with pytest.raises(MeasurementError, match=message) as caught:
        metric("ndcg").difference(*rankings(**columns))
    assert caught.value.cause == cause
    assert caught.value.fix


def test_rows_without_queries_are_refused_with_the_fix():
    with pytest.raises(MeasurementError, match="which rows answer one query") as caught:
        metric("mrr").value(sample([0, 1], y_score=[1, 2]))
    assert "query: <column>" in caught.value.fix


def test_negative_relevances_are_refused():
    with pytest.raises(MeasurementError, match="1 of 2 labels are negative"):
        metric("ndcg").value(sample([-1, 1], y_score=[1, 2], query=[0, 0]))


def test_constant_scores_are_the_average_of_all_orders_for_ndcg():
    one = sample([1, 0, 0], y_score=[2, 2, 2], query=np.zeros(3))
    assert metric("ndcg").value(one) == pytest.approx(np.mean(1 / np.log2([2, 3, 4])))
