"""Kind `compare`: what it asks, what it claims, and what it refuses while it is loaded."""

import sys
import types

import numpy as np
import pytest
from fake_engine import FakeEngine
from pydantic import ValidationError

from mlgate.checks import Compare
from mlgate.core.check import item_ids
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset, Model, Policy
from mlgate.core.request import Counts, Rows
from mlgate.core.statistic import Nothing
from mlgate.core.verdict import Outcome
from mlgate.core.view import View
from mlgate.run.judge import judge
from mlgate.stats.paired import PairedProportion

LOWER = ["log_loss", "brier", "mae", "rmse"]
HIGHER = ["accuracy", "f1", "precision", "recall", "roc_auc"]


def compare(metric="accuracy", **keys):
    if not {"no_worse_by", "better_by"} & set(keys):
        keys["no_worse_by"] = 0.01
    return Compare(id="c", of="candidate", against="production", metric=metric, **keys)


def classifier(truth, noise, rng):
    score = 1 / (1 + np.exp(-2 * (truth + rng.normal(0, noise, truth.size))))
    return {"prediction": (score > 0.5).astype(int), "score": score}


def world(n=3000, *, noise=(0.7, 0.7), seed=0, **columns):
    """Rows with a binary label, and a candidate and a production model of stated noise."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 1, n)
    rows = {"y": (truth > 0).astype(int), "carrier": rng.choice(["AA", "B6", "DL"], n), **columns}
    return FakeEngine(rows, {name: classifier(truth, one, rng) for name, one in zip(("candidate", "production"), noise, strict=True)})


def regressions(noise, n=3000):
    rng = np.random.default_rng(2)
    y = rng.normal(10, 3, n)
    return FakeEngine(
        {"y": y}, {name: {"prediction": y + rng.normal(0, one, n)} for name, one in zip(("candidate", "production"), noise, strict=True)}
    )


def engine_for(metric, noise, n=3000):
    return regressions(noise, n) if metric in ("mae", "rmse") else world(n, noise=noise)


def outcome(check, engine, *, primary=True):
    (one,) = judge([engine.claim(check)], share=0.05, primary=primary, policy=Policy())
    return one.outcome


# what it asks


def test_accuracy_is_counted_by_the_engine_and_pulls_no_row():
    (request,) = compare().requests(world().scope)
    assert request == Counts(("y", "prediction", "baseline_prediction"), View("holdout", model="candidate", baseline="production"))


def test_a_score_metric_asks_for_the_rows_of_both_models_together():
    (request,) = compare("roc_auc").requests(world().scope)
    assert request == Rows(("y", "score", "baseline_score"), View("holdout", model="candidate", baseline="production"))


def test_groups_and_weights_need_rows_also_for_counted_metrics():
    (request,) = compare(groups="carrier", sample_weight="y").requests(world().scope)
    assert request == Rows(("y", "prediction", "baseline_prediction", "carrier"), View("holdout", model="candidate", baseline="production"))


def test_a_group_declared_on_the_dataset_is_used_without_saying_so():
    engine = world()
    engine.datasets["holdout"] = Dataset(path="holdout.parquet", label="y", group="carrier")
    (request,) = compare().requests(engine.scope)
    assert "carrier" in request.columns
    assert engine.claim(compare()).statistic.n_obs == 3


# what it claims


@pytest.mark.parametrize(
    ("metric", "keys", "low", "high"),
    [
        ("roc_auc", {"no_worse_by": 0.01}, -0.01, None),
        ("roc_auc", {"better_by": 0.01}, 0.01, None),
        ("roc_auc", {"no_worse_by": 0}, 0.0, None),
        ("log_loss", {"no_worse_by": 0.01}, None, 0.01),
        ("log_loss", {"better_by": 0.01}, None, -0.01),
    ],
)
def test_the_bound_stands_where_the_direction_of_the_metric_says(metric, keys, low, high):
    claim = world().claim(compare(metric, **keys))
    assert (claim.low, claim.high, claim.null) == (low, high, 0.0)


@pytest.mark.parametrize("metric", [*HIGHER, *LOWER])
def test_a_worse_candidate_fails_and_a_better_one_passes_whatever_the_direction(metric):
    margin = 0.05 if metric in ("mae", "rmse") else 0.01
    assert outcome(compare(metric, no_worse_by=margin), engine_for(metric, noise=(1.5, 0.5))) is Outcome.FAIL
    assert outcome(compare(metric, no_worse_by=margin), engine_for(metric, noise=(0.5, 1.5))) is Outcome.PASS


@pytest.mark.parametrize("metric", [*HIGHER, *LOWER])
def test_better_by_passes_a_much_better_candidate_and_fails_a_worse_one(metric):
    assert outcome(compare(metric, better_by=0.01), engine_for(metric, noise=(0.3, 1.5))) is Outcome.PASS
    assert outcome(compare(metric, better_by=0.01), engine_for(metric, noise=(1.5, 0.3))) is Outcome.FAIL


@pytest.mark.parametrize("metric", [*HIGHER, *LOWER])
def test_200_rows_of_equal_models_decide_nothing(metric):
    assert outcome(compare(metric, no_worse_by=0.005), engine_for(metric, (0.7, 0.7), n=200)) is Outcome.INCONCLUSIVE


def test_accuracy_is_judged_by_tango_and_mid_p():
    engine = world()
    y, new, old = engine.rows.y, engine.models["candidate"].prediction, engine.models["production"].prediction
    better, worse = int(((new == y) & (old != y)).sum()), int(((new != y) & (old == y)).sum())
    assert engine.claim(compare()).statistic == PairedProportion(n_obs=3000, better=better, worse=worse)


def test_it_says_the_claim_and_the_two_values_in_words():
    claim = world().claim(compare("roc_auc", no_worse_by=0.005))
    assert claim.says == "roc_auc of candidate is no worse than production by more than 0.005"
    assert claim.seen.startswith("candidate 0.898")
    assert ", production 0.908" in claim.seen
    assert compare(better_by=0.02, rel=True).says() == "accuracy of candidate is better than production by at least 0.02 of production's value"


def test_swapping_the_models_mirrors_the_estimate():
    engine = world(noise=(0.6, 0.9))
    forth = engine.claim(compare("brier")).statistic
    back = engine.claim(Compare(id="c", of="production", against="candidate", metric="brier", no_worse_by=0.01)).statistic
    assert forth.value == pytest.approx(-back.value)


# relative margins


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "log_loss"])
def test_a_relative_margin_is_shown_as_a_share_of_the_baseline_s_value(metric):
    engine = world()
    absolute, relative = engine.claim(compare(metric)), engine.claim(compare(metric, rel=True, no_worse_by=0.02))
    baseline = float(absolute.seen.rsplit(" ", 1)[1])
    assert relative.statistic.value == pytest.approx(absolute.statistic.value, abs=1e-12)
    assert (relative.low if metric != "log_loss" else -relative.high) == pytest.approx(-0.02 * baseline, rel=1e-4)


@pytest.mark.parametrize("metric", ["accuracy", "rmse"])
def test_relative_margins_decide_in_the_right_direction(metric):
    assert outcome(compare(metric, rel=True, no_worse_by=0.02), engine_for(metric, (1.5, 0.5))) is Outcome.FAIL
    assert outcome(compare(metric, rel=True, no_worse_by=0.02), engine_for(metric, (0.5, 1.5))) is Outcome.PASS
    assert outcome(compare(metric, rel=True, better_by=0.02), engine_for(metric, (0.3, 1.5))) is Outcome.PASS


def test_a_relative_margin_of_a_baseline_at_zero_cannot_be_measured():
    y = np.arange(40.0)
    engine = FakeEngine({"y": y}, {"candidate": {"prediction": y + 1}, "production": {"prediction": y}})
    with pytest.raises(MeasurementError, match="baseline value above 0"):
        engine.claim(compare("mae", rel=True))


# slices


def test_each_column_of_slices_is_one_item_and_each_of_its_values_a_claim():
    check = compare(slices=["carrier"])
    assert item_ids(check) == ("c", "c.carrier")
    claims = world().claims(check, "carrier")
    assert [claim.part for claim in claims] == ["AA", "B6", "DL"]
    assert sum(claim.statistic.n_obs for claim in claims) == 3000


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc"])
def test_a_slice_is_judged_as_its_rows_alone_would_be(metric):
    engine = world()
    (first, *_) = engine.claims(compare(metric, slices="carrier"), "carrier")
    kept = (engine.rows.carrier == "AA").to_numpy()
    alone = FakeEngine(engine.rows[kept], {name: frame[kept] for name, frame in engine.models.items()}).claim(compare(metric))
    assert (first.statistic.value, first.statistic.standard_error) == pytest.approx((alone.statistic.value, alone.statistic.standard_error))


def test_one_slice_that_loses_is_found_among_those_that_do_not():
    engine = world()
    lost = (engine.rows.carrier == "B6").to_numpy()
    engine.models["candidate"].loc[lost, "prediction"] = 1 - engine.models["production"].loc[lost, "prediction"]
    judged = judge(engine.claims(compare(slices="carrier"), "carrier"), share=0.015, primary=False, policy=Policy())
    assert [one.claim.part for one in judged if one.outcome is Outcome.FAIL] == ["B6"]


def test_small_slices_are_listed_and_left_undecided_and_null_is_a_slice():
    carrier = np.array(["AA"] * 2970 + ["ZZ"] * 12 + [None] * 18, dtype=object)
    claims = {claim.part: claim for claim in world(carrier=carrier).claims(compare(slices="carrier"), "carrier")}
    assert list(claims) == ["AA", "ZZ", "null"]
    assert claims["ZZ"].statistic == Nothing("12 rows, fewer than min_rows: 30")
    assert isinstance(claims["null"].statistic, Nothing)


def test_a_slice_of_exactly_min_rows_is_judged():
    carrier = np.array(["AA"] * 2970 + ["ZZ"] * 30, dtype=object)
    claims = {claim.part: claim for claim in world(carrier=carrier).claims(compare(slices="carrier"), "carrier")}
    assert claims["ZZ"].statistic.n_obs == 30


def test_a_model_that_is_wrong_in_one_slice_is_an_error_and_no_small_slice():
    engine = world()
    engine.models["candidate"].loc[engine.rows.carrier == "AA", "score"] = 1.5
    with pytest.raises(MeasurementError, match="log_loss needs probabilities"):
        engine.claims(compare("log_loss", slices="carrier"), "carrier")


@pytest.mark.parametrize("metric", ["recall", "roc_auc"])
def test_a_slice_of_one_class_is_left_undecided_and_the_others_are_judged(metric):
    engine = world()
    engine.rows.loc[engine.rows.carrier == "AA", "y"] = 0
    claims = engine.claims(compare(metric, slices="carrier"), "carrier")
    assert "not defined" in claims[0].statistic.why
    assert not any(isinstance(claim.statistic, Nothing) for claim in claims[1:])


def test_values_that_are_not_text_make_readable_parts_in_their_order():
    for values, parts in (
        ([10.0, 9.0], ["9", "10"]),
        ([True, False], ["false", "true"]),
        (["2013-07-02", "2013-07-01"], ["2013-07-01", "2013-07-02"]),
    ):
        engine = world(carrier=np.resize(np.array(values), 3000))
        assert [claim.part for claim in engine.claims(compare(slices="carrier"), "carrier")] == parts
        assert [claim.part for claim in engine.claims(compare("roc_auc", slices="carrier"), "carrier")] == parts


def test_a_column_with_thousands_of_values_is_no_slice():
    with pytest.raises(MeasurementError, match="3,000 values, too many"):
        world(carrier=np.arange(3000)).claims(compare(slices="carrier"), "carrier")


# groups, weights, where


def test_groups_widen_the_interval_of_rows_that_repeat():
    rows = world(n=300)
    repeated = FakeEngine(
        {name: np.repeat(values.to_numpy(), 10) for name, values in rows.rows.assign(user=range(300)).items()},
        {name: {column: np.repeat(values.to_numpy(), 10) for column, values in frame.items()} for name, frame in rows.models.items()},
    )
    alone, grouped = repeated.claim(compare("brier")), repeated.claim(compare("brier", groups="user"))
    assert grouped.statistic.value == pytest.approx(alone.statistic.value)
    assert grouped.statistic.standard_error > 3 * alone.statistic.standard_error
    assert grouped.statistic.n_obs == 300


def test_rows_of_weight_zero_do_not_count():
    engine = world(n=2000, w=np.resize([1.0, 0.0], 2000))
    half = FakeEngine(engine.rows[::2], {name: frame[::2] for name, frame in engine.models.items()})
    weighted = engine.claim(compare(sample_weight="w")).statistic
    assert weighted.value == pytest.approx(half.claim(compare()).statistic.value)


@pytest.mark.parametrize("metric", ["accuracy", "brier", "roc_auc"])
def test_a_slice_whose_rows_all_weigh_nothing_is_left_undecided(metric):
    engine = world(w=np.ones(3000))
    engine.rows.loc[engine.rows.carrier == "AA", "w"] = 0
    first, *others = engine.claims(compare(metric, slices="carrier", sample_weight="w"), "carrier")
    assert "rows is 0" in first.statistic.why
    assert not any(isinstance(claim.statistic, Nothing) for claim in others)


def test_zero_rows_give_nothing_to_judge():
    for part in ("", "carrier"):
        for metric in ("accuracy", "roc_auc"):
            (claim,) = world(n=0).claims(compare(metric, slices="carrier"), part)
            assert claim.statistic == Nothing("no rows")


# what it refuses


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"no_worse_by": -0.01}, "write 0.01"),
        ({"no_worse_by": "5%"}, "write 0.05 instead of '5%'"),
        ({"no_worse_by": float("inf")}, "0 or more"),
        ({"no_worse_by": True}, "expected a number"),
        ({"no_worse_by": 0.1, "better_by": 0.1}, "got both"),
        ({"no_worse_by": 1.2, "rel": True}, "below 1"),
        ({"no_worse_by": 0.1, "direction": "higher"}, "accuracy knows its own"),
        ({"no_worse_by": 0.1, "needs": "score"}, "accuracy knows its own"),
        ({"no_worse_by": 0.1, "positive": 1}, "accuracy knows no positive class"),
        ({"no_worse_by": 0.1, "min_rows": 0}, "greater than or equal to 1"),
        ({"no_worse_by": 0.1, "alpha": 0.2}, "Extra inputs"),
        ({"no_worse_by": 0.1, "metric": "project:f"}, "direction: higher or lower is needed"),
        ({}, "got none"),
    ],
)
def test_a_wrong_key_is_refused_with_the_fix(keys, message):
    with pytest.raises(ValidationError, match=message):
        Compare(**{"id": "c", "of": "candidate", "against": "production", "metric": "accuracy", **keys})


def test_a_model_is_not_compared_with_itself():
    with pytest.raises(ValidationError, match="same model"):
        Compare(id="c", of="candidate", against="candidate", metric="accuracy", no_worse_by=0.1)


def test_models_on_two_datasets_are_not_compared():
    engine = world()
    scope = engine.scope
    scope.models["production"] = Model(predictions="p.parquet", dataset="other")
    with pytest.raises(MeasurementError, match="candidate is judged on holdout but production on other") as caught:
        compare().requests(scope)
    assert caught.value.cause == "configuration"


def test_an_unknown_metric_is_named_with_its_nearest():
    with pytest.raises(MeasurementError, match="unknown metric 'roc_auk'") as caught:
        compare("roc_auk").requests(world().scope)
    assert "did you mean 'roc_auc'" in caught.value.fix


# a metric of one's own


def test_a_function_of_the_project_is_judged_in_the_declared_direction(monkeypatch):
    module = types.ModuleType("project_metrics")
    module.error_rate = lambda y_true, y_pred: float((y_true != y_pred).mean())
    module.squared = lambda y_true, y_score, sample_weight: float(np.average((y_true - y_score) ** 2, weights=sample_weight))
    monkeypatch.setitem(sys.modules, "project_metrics", module)
    engine = world(n=1000, noise=(1.5, 0.4), w=np.ones(1000))
    wrong = compare("project_metrics:error_rate", direction="lower")
    assert outcome(wrong, engine) is Outcome.FAIL
    assert engine.claim(wrong).statistic.value == pytest.approx(-engine.claim(compare()).statistic.value)
    own = compare("project_metrics:squared", direction="lower", needs="score", sample_weight="w")
    assert engine.claim(own).statistic.value == pytest.approx(engine.claim(compare("brier")).statistic.value)


def test_resampling_is_seeded_by_the_policy_and_the_id_of_the_check(monkeypatch):
    module = types.ModuleType("project_metrics")
    module.right = lambda y_true, y_pred: float((y_true == y_pred).mean())
    monkeypatch.setitem(sys.modules, "project_metrics", module)

    def error(name, seed):
        engine = world(n=100)
        engine.seed = seed
        check = compare("project_metrics:right", direction="higher").model_copy(update={"id": name})
        return engine.claim(check).statistic.standard_error

    assert len({error(name, seed) for name in "ab" for seed in (1, 2)}) == 4
    assert error("a", 1) == error("a", 1)


def test_it_says_before_any_data_how_many_rows_it_needs():
    assert compare().required_rows(alpha=0.05, power=0.8).startswith("1,237 rows")  # Liu et al. (2002); statistics-research: 1 237 at 2 %
    assert compare("roc_auc").required_rows(alpha=0.05, power=0.9).startswith("3,426 rows if the differences per row")
    assert "better" in compare(better_by=0.1).required_rows(alpha=0.05, power=0.9)
