from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.expression import Expression
from mlgate.core.request import Aggregate, Counts, Op, Overlap, Rows, Start
from mlgate.core.view import View
from mlgate.planning.fuse import AGGREGATES_A_STATEMENT, plan

names = st.sampled_from(["a", "b", "c"])
wheres = st.sampled_from([None, Expression('"a" > 1', ("a",))])
views = st.builds(View, names, model=st.none() | names, baseline=st.none() | names, joined=st.none() | st.just("z"), where=wheres)
requests = st.one_of(
    st.builds(Aggregate, st.sampled_from(list(Op)), names, st.just(()), views),
    st.builds(Counts, st.tuples(names), views),
    st.builds(Rows, st.tuples(names), views, st.none() | st.integers(1, 5)),
    st.builds(Overlap, st.tuples(names), views, st.tuples(names), views),
)


@given(st.lists(requests, max_size=60))
def test_each_distinct_request_stands_in_exactly_one_batch_of_exactly_one_scan(asked):
    planned = [request for scan in plan(asked).scans for batch in scan.batches for request in batch]
    assert len(planned) == len(set(planned))
    assert set(planned) == set(asked)


@given(st.lists(requests, max_size=60))
def test_there_is_one_scan_per_dataset_and_one_per_joined_pair(asked):
    places = [(scan.dataset, scan.joined) for scan in plan(asked).scans]
    assert len(places) == len(set(places))
    for scan in plan(asked).scans:
        assert {(request.view.dataset, request.view.joined) for request in scan.requests} == {(scan.dataset, scan.joined)}


@given(st.lists(requests, max_size=60))
def test_a_scan_names_every_model_that_its_requests_read(asked):
    for scan in plan(asked).scans:
        assert set(scan.models) == {name for r in scan.requests for name in (r.view.model, r.view.baseline) if name}


def test_a_thousand_aggregates_are_cut_into_few_statements():
    asked = [Aggregate(Op.OUTSIDE, "x", (0, bound), View("d")) for bound in range(1001)]
    (scan,) = plan(asked).scans
    assert [len(batch) for batch in scan.batches] == [AGGREGATES_A_STATEMENT, AGGREGATES_A_STATEMENT, 1]


def test_min_and_max_of_a_column_are_two_requests():
    asked = [Aggregate(Op.MIN, "x", (), View("d")), Aggregate(Op.MAX, "x", (), View("d"))]
    (scan,) = plan(asked).scans
    assert len(scan.requests) == 2


def test_whole_columns_of_the_same_rows_are_fetched_together():
    view = View("d", model="m")
    asked = [Rows(("y", "score"), view), Rows(("y", "prediction"), View("d", model="n")), Rows(("y",), view, 5)]
    (scan,) = plan(asked).scans
    assert sorted(len(batch) for batch in scan.batches) == [1, 2]


def test_whole_columns_of_different_slices_are_fetched_apart():
    asked = [Rows(("y",), View("d")), Rows(("y",), View("d", where=Expression('"a" > 1', ("a",))))]
    (scan,) = plan(asked).scans
    assert [len(batch) for batch in scan.batches] == [1, 1]


def test_what_a_request_waits_for_is_asked_once_and_first():
    first = Aggregate(Op.MIN, "t", (), View("d"))
    late = Aggregate(Op.OUTSIDE, "t", (Start(first, 60.0), None), View("e"))
    planned = plan([late, first])
    assert [scan.requests for scan in planned.grids] == [(first,)]
    assert [scan.requests for scan in planned.scans] == [(late,)]
