"""Keys that belong to single metrics: which fit, what they say, and what they do to a check."""

import numpy as np
import pytest
from fake_engine import FakeEngine
from pydantic import ValidationError

from mlgate.checks import Compare, Metric
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Counts, Rows
from mlgate.testing import Example

N = 300
RNG = np.random.default_rng(0)
Y = RNG.choice(["ash", "fir", "oak"], N)


def compare(**keys):
    return Compare(**{"id": "c", "of": "candidate", "against": "production", "no_worse_by": 0.05, **keys})


def bound(**keys):
    return Metric(**{"id": "m", "of": "candidate", "at_least": 0.0, **keys})


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"metric": "accuracy", "k": 3}, "k: accuracy takes no such key"),
        ({"metric": "pinball", "quantile": 0.9, "k": 3}, "k: pinball takes quantile"),
        ({"metric": "top_k_accuracy"}, "top_k_accuracy needs k: write k: 10"),
        ({"metric": "top_k_accuracy", "k": 0}, "greater than or equal to 1"),
        ({"metric": "pinball"}, "pinball needs quantile: write quantile: 0.9"),
        ({"metric": "pinball", "quantile": "90%"}, "write 0.9 instead of '90%'"),
        ({"metric": "pinball", "quantile": 1}, "less than 1"),
        ({"metric": "exceedance"}, "exceedance needs limit"),
        ({"metric": "exceedance", "limit": -1}, "greater than or equal to 0"),
        ({"metric": "exceedance", "limit": float("inf")}, "limit is a finite number"),
        ({"metric": "ndcg", "k": 10}, "ndcg needs query: write query: <column>"),
        ({"metric": "mae", "query": "q"}, "query: mae takes no such key"),
        ({"metric": "project:f", "direction": "lower", "k": 3}, "k: project:f takes no such key"),
        ({"metric": "accuracy", "cost": {"FN": 1}}, "cost: accuracy takes no such key"),
        ({"metric": "accuracy", "loss": "prediction"}, "loss: accuracy takes no such key"),
        ({"cost": {"FN": 1}, "loss": "prediction"}, "loss: cost takes cost"),
        ({"metric": "cost"}, "cost needs cost"),
        ({"cost": {}}, "costs are finite numbers"),
        ({"cost": {"FN": float("inf")}}, "costs are finite numbers"),
        ({"cost": {"FN": "5%"}}, "0.05"),
        ({"cost": {"FN": 1, "late": 2}}, "cost"),
        ({}, "metric is needed"),
        ({"metric": "f1_macro", "positive": 1}, "f1_macro knows no positive class"),
        ({"cost": {"a": {"b": 1}}, "positive": "a"}, "cost knows no positive class"),
        ({"loss": "sum(prediction)"}, "is an aggregate"),
        ({"loss": "(select 1)"}, "not allowed"),
    ],
    ids=str,
)
def test_a_key_that_does_not_fit_is_refused_with_the_fix(keys, message):
    with pytest.raises(ValidationError) as caught:
        compare(**keys)
    assert message in str(caught.value)


def test_parameters_stand_in_the_claim():
    assert compare(metric="pinball", quantile=0.9).says() == "pinball (quantile 0.9) of candidate is no worse than production by more than 0.05"
    assert bound(metric="top_k_accuracy", k=3, at_least=0.5).says() == "top_k_accuracy (k 3) of candidate is at least 0.5"
    assert compare(cost={"FN": 5}).says() == "cost of candidate is no worse than production by more than 0.05"


def numbers(**columns):
    y = RNG.normal(10, 3, N)
    return FakeEngine({"y": y, **columns}, {name: {"prediction": y + RNG.normal(0, 1, N), "score": y + RNG.normal(0, 1, N)} for name in MODELS})


MODELS = ("candidate", "production")


def test_parameters_reach_the_metric():
    engine = numbers()
    error = np.abs(engine.models["candidate"].prediction - engine.rows.y)
    assert engine.claim(bound(metric="exceedance", limit=1.5)).statistic.value == pytest.approx((error > 1.5).mean())
    assert engine.claim(bound(metric="pinball", quantile=0.5)).statistic.value == pytest.approx(error.mean() / 2)


def test_the_query_of_a_ranking_is_read_and_is_the_unit():
    engine = numbers(q=np.arange(N) // 6)
    check = compare(metric="ndcg", k=5, query="q")
    (request,) = check.requests(engine.scope)
    assert isinstance(request, Rows)
    assert set(request.columns) == {"y", "score", "baseline_score", "q"}
    assert engine.claim(check).statistic.n_obs == N // 6
    engine = numbers(q=np.where(np.arange(N) < 5, np.nan, np.arange(N) // 6))
    with pytest.raises(MeasurementError, match="query 'q' is null in 5 of 300 rows"):
        engine.claim(check)


# classes


def by_class(**models):
    return FakeEngine({"y": Y}, models)


def scores(right=0.5, classes=("ash", "fir", "oak"), prefix="score_"):
    raw = RNG.random((N, len(classes))) + right * (Y[:, None] == np.array(classes))
    raw /= raw.sum(axis=1, keepdims=True)
    return {f"{prefix}{name}": raw[:, place] for place, name in enumerate(classes)}


@pytest.mark.parametrize("metric", ["log_loss", "brier", "roc_auc_ovr", "roc_auc_ovr_weighted"])
def test_metrics_of_classes_read_a_score_for_each_of_both_models(metric):
    engine = by_class(candidate=scores(1.0), production=scores(0.2, classes=("oak", "ash", "fir")))
    (request,) = compare(metric=metric).requests(engine.scope)
    assert {"score_ash", "baseline_score_ash"} <= set(request.columns)
    claim = engine.claim(compare(metric=metric))
    assert (claim.statistic.value > 0) == (metric.startswith("roc"))


def test_a_metric_of_a_single_score_reads_that_where_there_is_one():
    y = (Y == "ash").astype(int)
    engine = FakeEngine({"y": y}, {name: {"score": RNG.random(N), "score_0": RNG.random(N), "score_1": RNG.random(N)} for name in MODELS})
    (request,) = compare(metric="log_loss").requests(engine.scope)
    assert request.columns == ("y", "score", "baseline_score")


def test_a_positive_class_picks_its_score_of_several():
    engine = by_class(candidate=scores(), production=scores())
    (request,) = compare(metric="log_loss", positive="ash").requests(engine.scope)
    assert request.columns == ("y", "score_ash", "baseline_score_ash")


def test_classes_are_numbers_or_booleans_where_labels_are():
    y = RNG.integers(0, 3, N)
    engine = FakeEngine({"y": y}, {"candidate": {f"score_{one}": (y == one) * 0.9 + 0.1 / 3 for one in range(3)}})
    assert engine.claim(bound(metric="top_k_accuracy", k=1)).statistic.value == 1.0
    truth = y > 0
    engine = FakeEngine({"y": truth}, {"candidate": {"score_True": truth * 1.0, "score_False": 1.0 - truth}})
    assert engine.claim(bound(metric="log_loss")).statistic.value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("y", "columns", "message", "cause"),
    [
        (Y, {"prediction": Y}, "needs a score for each class of candidate, which gives prediction", "model"),
        (Y, {"score_0": RNG.random(N), "score_1": RNG.random(N)}, "scores the classes 0, 1, and none of them is a value of label 'y'", "model"),
        (RNG.integers(0, 2, N), {"score_no": RNG.random(N), "score_yes": RNG.random(N)}, "score_no of candidate is of no class", "model"),
        (RNG.integers(0, 2, N), {"score_1": RNG.random(N), "score_1.0": RNG.random(N)}, "several scores of one class", "model"),
        (Y, {"score_ash": np.where(np.arange(N) < 4, np.nan, 0.5), "score_fir": RNG.random(N)}, "score_ash of candidate is missing", "model"),
        (Y, {"score_ash": np.where(np.arange(N) < 4, np.inf, 0.5), "score_fir": RNG.random(N)}, "score_ash of candidate is infinite in 4", "model"),
        (Y, {"score_ash": np.full(N, "high"), "score_fir": RNG.random(N)}, "score_ash of candidate is text", "model"),
    ],
    ids=["no scores", "text against numbers", "names against numbers", "twice", "nan", "infinite", "text"],
)
def test_scores_that_fit_no_label_are_an_error_with_the_fix(y, columns, message, cause):
    engine = FakeEngine({"y": y}, {"candidate": columns})
    with pytest.raises(MeasurementError) as caught:
        engine.claim(bound(metric="top_k_accuracy", k=1))
    assert message in caught.value.what
    assert caught.value.cause == cause
    assert caught.value.fix


# cost


def test_costs_are_counted_by_the_engine():
    engine = by_class(candidate={"prediction": Y}, production={"prediction": np.roll(Y, 1)})
    matrix = {one: {other: 2 for other in ("ash", "fir", "oak") if other != one} for one in ("ash", "fir", "oak")}
    (request,) = compare(cost=matrix).requests(engine.scope)
    assert isinstance(request, Counts)
    claim = engine.claim(compare(cost=matrix))
    assert claim.statistic.value == pytest.approx(-2 * (np.roll(Y, 1) != Y).mean())
    assert (claim.low, claim.high) == (None, 0.05)


def test_a_binary_cost_is_of_the_positive_class():
    engine = by_class(candidate={"prediction": np.full(N, "fir")})
    found = engine.claim(bound(cost={"FN": 5, "FP": 1}, positive="ash")).statistic
    assert found.value == pytest.approx(5 * (Y == "ash").mean())


# loss


GATE = """\
mlgate: 1
datasets:
  holdout: {path: holdout.csv, key: [id], label: minutes}
models:
  candidate: {predictions: candidate.csv, dataset: holdout}
  production: {predictions: production.csv, dataset: holdout}
checks:
  - {id: c, kind: compare, of: candidate, against: production, no_worse_by: 0.5, LOSS}
"""
LATE = 'loss: "case when prediction < actual then 3 * (actual - prediction) else prediction - actual end"'


def delivered(tmp_path, loss=LATE, *, candidate=1.0, production=1.0, n=400, **columns):
    rng = np.random.default_rng(5)
    minutes = np.round(rng.gamma(4, 10, n), 2)
    files = {"holdout.csv": {"id": list(range(n)), "minutes": minutes.tolist(), **columns}}
    for name, noise in (("candidate", candidate), ("production", production)):
        files[f"{name}.csv"] = {"id": list(range(n)), "prediction": (minutes + rng.normal(0, noise, n)).tolist()}
    return files, Example(tmp_path, GATE.replace("LOSS", loss), files=files)


def losses(files, model):
    y, predicted = np.array(files["holdout.csv"]["minutes"]), np.array(files[f"{model}.csv"]["prediction"])
    return np.where(predicted < y, 3 * (y - predicted), predicted - y)


def test_the_engine_computes_the_loss_of_both_models_row_by_row(tmp_path):
    files, example = delivered(tmp_path, candidate=1.2)
    verdict = example.run().verdicts["c"]
    expected = losses(files, "candidate") - losses(files, "production")
    assert verdict.estimate.value == pytest.approx(expected.mean(), rel=1e-9)
    assert verdict.estimate.n_obs == 400


@pytest.mark.parametrize(("candidate", "production", "outcome"), [(1.0, 3.0, "PASS"), (3.0, 1.0, "FAIL")])
def test_a_lower_loss_is_better(tmp_path, candidate, production, outcome):
    _, example = delivered(tmp_path, candidate=candidate, production=production)
    assert example.run().outcomes == {"c": outcome}


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ('loss: "case when minutes > 60 then prediction end"', "loss of candidate is null in"),
        ('loss: "prediction / (minutes - minutes)"', "loss of candidate is"),
        ('loss: "minutes"', "it is the same for every model"),
        ('loss: "prediction - minuts"', "no column"),
        ('loss: "cast(prediction as varchar)"', "loss of candidate is text"),
        ("loss: \"prediction > 'a'\"", "types do not fit"),
    ],
)
def test_a_loss_that_is_no_number_for_every_row_is_an_error(tmp_path, loss, words):
    _, example = delivered(tmp_path, loss)
    verdict = example.run().verdicts["c"]
    assert str(verdict.outcome) == "ERROR"
    assert words in verdict.reason


def test_a_missing_prediction_is_an_error_also_where_the_loss_hides_it(tmp_path):
    _, example = delivered(tmp_path, 'loss: "case when abs(prediction - actual) > 5 then 1 else 0 end"')
    path = tmp_path / "candidate.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-3]) + "\n")
    verdict = example.run().verdicts["c"]
    assert "prediction of candidate is missing (null or NaN) in 3 of 400 rows" in verdict.reason


def test_a_column_called_actual_beside_the_label_is_an_error(tmp_path):
    _, example = delivered(tmp_path, actual=[0] * 400)
    assert "has a column of that name too" in example.run().verdicts["c"].reason
