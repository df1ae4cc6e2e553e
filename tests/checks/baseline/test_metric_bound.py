"""Kind `metric`: a metric of one model within a bound."""

import numpy as np
import pytest
from fake_engine import FakeEngine
from pydantic import ValidationError

from mlgate.checks import Metric
from mlgate.core.check import item_ids
from mlgate.core.expression import Expression
from mlgate.core.gate import Policy
from mlgate.core.request import Counts
from mlgate.core.statistic import Nothing
from mlgate.core.verdict import Outcome
from mlgate.core.view import View
from mlgate.run.judge import judge
from mlgate.stats.proportion import Proportion


def right(n, share, *, seed=0):
    """A model that is right on a stated share of rows."""
    y = np.resize([0, 1], n)
    return FakeEngine(
        {"y": y, "airport": np.resize(["EWR", "JFK", "LGA"], n)},
        {"candidate": {"prediction": np.where(np.random.default_rng(seed).random(n) < share, y, 1 - y)}},
    )


def metric(**keys):
    return Metric(**{"id": "floor", "of": "candidate", "metric": "accuracy", **keys})


def outcome(check, engine):
    (one,) = judge([engine.claim(check)], share=0.05, primary=False, policy=Policy())
    return one.outcome


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ({"at_least": 0.85}, Outcome.PASS),
        ({"at_least": 0.95}, Outcome.FAIL),
        ({"at_least": 0.90}, Outcome.INCONCLUSIVE),
        ({"at_most": 0.95}, Outcome.PASS),
        ({"at_most": 0.85}, Outcome.FAIL),
        ({"between": [0.85, 0.95]}, Outcome.PASS),
        ({"at_least": 0.85, "at_most": 0.95}, Outcome.PASS),
        ({"between": [0.5, 0.8]}, Outcome.FAIL),
    ],
)
def test_the_interval_decides_against_the_bound(bound, expected):
    assert outcome(metric(**bound), right(2000, 0.9)) is expected


def test_one_model_is_asked_about_and_judged_exactly():
    engine = right(500, 0.9)
    (request,) = metric(at_least=0.5).requests(engine.scope)
    hits = int((engine.rows.y == engine.models["candidate"].prediction).sum())
    claim = engine.claim(metric(at_least=0.5))
    assert request == Counts(("y", "prediction"), View("holdout", model="candidate"))
    assert claim.statistic == Proportion(successes=hits, n_obs=500)
    assert claim.says == "accuracy of candidate is at least 0.5"
    assert (claim.low, claim.high, claim.null) == (0.5, None, None)


def test_a_where_narrows_the_view_and_is_said():
    where = Expression("\"airport\" = 'JFK'", ("airport",))
    check = metric(at_least=0.5).model_copy(update={"where": where})
    (request,) = check.requests(right(10, 1).scope)
    assert request.view.where == where
    assert check.says() == "accuracy of candidate is at least 0.5 where \"airport\" = 'JFK'"


def test_slices_are_items_of_their_own():
    check = metric(at_least=0.5, slices=["airport"], min_rows=100)
    assert item_ids(check) == ("floor", "floor.airport")
    assert [claim.part for claim in right(600, 0.9).claims(check, "airport")] == ["EWR", "JFK", "LGA"]
    assert all(isinstance(claim.statistic, Nothing) for claim in right(150, 0.9).claims(check, "airport"))


@pytest.mark.parametrize(
    ("bound", "message"),
    [
        ({}, "needs one of at_most, at_least, between"),
        ({"at_least": 0.9, "between": [0, 1]}, "one meaning"),
        ({"between": [1, 0]}, "above the upper end"),
        ({"at_least": "90%"}, "write 0.9"),
    ],
)
def test_a_wrong_bound_is_refused(bound, message):
    with pytest.raises(ValidationError, match=message):
        metric(**bound)


def test_it_says_before_any_data_how_many_rows_it_needs():
    assert metric(at_least=0.9).required_rows(alpha=0.05, power=0.9).startswith("7,708 rows prove at least 0.9")
    assert "first run" in metric(metric="mae", at_most=3).required_rows(alpha=0.05, power=0.9)
