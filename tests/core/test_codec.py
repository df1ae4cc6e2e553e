import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.codec import from_plain, to_plain
from mlgate.core.verdict import Estimate, Offenders, Outcome, Verdict

text = st.text(max_size=20)
number = st.none() | st.floats(allow_nan=False, allow_infinity=False)
estimates = st.builds(Estimate, number, unit=text, low=number, high=number, n_obs=st.none() | st.integers(0, 10**12), pvalue=number)
offenders = st.builds(Offenders, st.just(("id", "x")), st.lists(st.tuples(text, text), max_size=3).map(tuple), st.none() | st.integers(0, 9))
verdicts = st.builds(
    Verdict,
    text,
    text,
    text,
    st.sampled_from(["data", "skew", "rules", "baseline", "operations"]),
    st.sampled_from(Outcome),
    text,
    estimate=st.none() | estimates,
    offenders=st.none() | offenders,
    details=st.lists(text, max_size=3).map(tuple),
    parts=st.lists(st.tuples(text, st.sampled_from(Outcome), estimates), max_size=2).map(tuple),
)


@given(verdicts)
def test_a_verdict_survives_json(verdict):
    assert from_plain(Verdict, json.loads(json.dumps(to_plain(verdict)))) == verdict


def test_numpy_scalars_become_plain_numbers():
    import numpy

    plain = to_plain(Estimate(numpy.float64(0.5), n_obs=numpy.int64(3)))
    assert type(plain["value"]) is float
    assert type(plain["n_obs"]) is int


@pytest.mark.parametrize(
    "edit",
    [{"outcome": "GOOD"}, {"fails": 1}, {"family": "other"}, {"estimate": {"value": 1.0, "extra": 2}}, {"details": "text"}, {"unknown": 1}],
)
def test_a_document_that_is_no_verdict_is_refused(edit):
    plain = to_plain(Verdict("a", "a", "rows", "data", Outcome.PASS, "fine")) | edit
    with pytest.raises((TypeError, ValueError, KeyError)):
        from_plain(Verdict, plain)
