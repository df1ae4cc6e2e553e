"""Kind `compare_runs` on tables of predictions per run, and what it says before it is run."""

import numpy as np
import pandas as pd
import pytest

from mlgate.checks import CompareRuns
from mlgate.stats.crossed import CrossedMean

SEEDS = {"id": "c", "of": "answers", "design": "seeds", "candidate": "new", "baseline": "old"}


def answers(rows=400, runs=4, *, new=0.9, old=0.9, seed=1):
    """One row per run and evaluation row, the labels of a row being the same in each run, in no order."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, rows)
    tables = []
    for run in range(runs):
        guesses = {name: np.where(rng.random(rows) < share, label, 1 - label) for name, share in (("new", new), ("old", old))}
        tables.append(pd.DataFrame({"seed": run, "id": np.arange(rows), "y": label, **guesses}))
    return pd.concat(tables).sample(frac=1, random_state=1).reset_index(drop=True)


def long_form(wide):
    return wide.melt(id_vars=["seed", "id", "y"], value_vars=["new", "old"], var_name="recipe", value_name="guess")


def test_predictions_of_equal_recipes_pass(mlgate_run):
    check = CompareRuns(**SEEDS, run=("seed",), row=("id",), label="y", metric="accuracy", no_worse_by=0.05)
    verdict = mlgate_run(check, datasets={"answers": answers()})
    assert verdict.outcome == "PASS"
    assert verdict.details[0].startswith("4 runs x 400 rows, crossed: ")


def test_a_worse_recipe_fails_and_a_better_one_is_shown_to_be(mlgate_run):
    keys = {"run": ("seed",), "row": ("id",), "label": "y", "metric": "accuracy"}
    worse = mlgate_run(CompareRuns(**SEEDS, **keys, no_worse_by=0.01), datasets={"answers": answers(new=0.8)})
    better = mlgate_run(CompareRuns(**SEEDS, **keys, better_by=0.01), datasets={"answers": answers(old=0.8)})
    assert (worse.outcome, better.outcome) == ("FAIL", "PASS")


def test_the_statistic_is_that_of_the_table_of_runs_and_rows(mlgate_run):
    wide = answers()
    gains = (wide.new == wide.y).astype(float) - (wide.old == wide.y)
    matrix = wide.assign(gain=gains).pivot_table(index="seed", columns="id", values="gain").to_numpy()
    expected = CrossedMean.of(matrix, outcomes=True)
    verdict = mlgate_run(CompareRuns(**SEEDS, run=("seed",), row=("id",), label="y", metric="accuracy", no_worse_by=0.05), datasets={"answers": wide})
    assert (verdict.estimate.value, verdict.estimate.low) == pytest.approx((expected.value, expected.interval(0.9).low))


def test_one_row_per_recipe_gives_the_same_verdict_as_a_column_each(mlgate_run):
    keys = {"run": ("seed",), "row": ("id",), "label": "y", "metric": "accuracy", "no_worse_by": 0.05}
    wide = mlgate_run(CompareRuns(**SEEDS, **keys), datasets={"answers": answers()})
    long = mlgate_run(CompareRuns(**SEEDS, **keys, arm="recipe", prediction="guess"), datasets={"answers": long_form(answers())})
    assert long.estimate == wide.estimate


@pytest.mark.parametrize(("metric", "unit"), [("mae", 1.0), ("squared_error", 1.0), ("brier", 1.0)])
def test_losses_are_lower_for_the_better_recipe(mlgate_run, metric, unit):
    """On 0/1 answers these three are the error rate."""
    check = CompareRuns(**SEEDS, run=("seed",), row=("id",), label="y", metric=metric, better_by=0.01)
    wide = answers(old=0.7)
    verdict = mlgate_run(check, datasets={"answers": wide})
    assert verdict.outcome == "PASS"
    assert verdict.estimate.value == pytest.approx(((wide.new != wide.y).mean() - (wide.old != wide.y).mean()) * unit)


def test_wins_are_counted_over_the_runs_of_predictions(mlgate_run):
    check = CompareRuns(**SEEDS, run=("seed",), row=("id",), label="y", metric="accuracy", probability={"at_least": 0.75})
    verdict = mlgate_run(check, datasets={"answers": answers(runs=8, old=0.8)})
    assert verdict.outcome == "PASS"
    assert "the candidate wins 8 of 8 runs" in verdict.details


def test_the_key_says_what_is_a_run_and_what_a_row(mlgate_run):
    from mlgate import Dataset

    check = CompareRuns(**SEEDS, run=("seed",), metric="accuracy", no_worse_by=0.05)
    dataset = Dataset(frame=answers(), key=("seed", "id"), label="y")
    assert mlgate_run(check, datasets={"answers": dataset}).outcome == "PASS"


def test_text_labels_are_compared_as_they_are(mlgate_run):
    named = answers().replace({column: {0: "ham", 1: "spam"} for column in ("y", "new", "old")})
    check = CompareRuns(**SEEDS, run=("seed",), row=("id",), label="y", metric="accuracy", no_worse_by=0.05)
    assert mlgate_run(check, datasets={"answers": named}).outcome == "PASS"


def test_a_side_that_lacks_rows_is_named(mlgate_run):
    long = long_form(answers())
    short = long[(long.recipe == "new") | (long.seed != 2) | (long.id > 9)]
    check = CompareRuns(**SEEDS, run=("seed",), row=("id",), label="y", metric="accuracy", no_worse_by=0.05, arm="recipe", prediction="guess")
    verdict = mlgate_run(check, datasets={"answers": short})
    assert verdict.outcome == "ERROR"
    assert "runs of old are not judged on the same rows" in verdict.reason
    assert "seed 2" in verdict.reason


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"no_worse_by": 0.01}, "35 runs of each side"),
        ({"probability": {"at_least": 0.75}}, "23 runs of each side if the candidate wins 0.75"),
        ({"better_by": 0.01}, "depends on how much better"),
        ({"no_worse_by": 0.01, "design": "resamples", "test_share": 0.1}, "standard deviation below 0.01"),
    ],
)
def test_the_plan_says_how_many_runs_are_needed(keys, words):
    check = CompareRuns(**{**SEEDS, "direction": "higher", **keys})
    assert words in check.required_rows(alpha=0.05, power=0.9)


def test_scores_and_runs_of_masked_columns_are_not_shown(mlgate_run):
    runs = pd.DataFrame({"seed": [7001, 7002, 7003, 7004], "new": [0.8123, 0.8124, 0.8131, 0.8117], "old": [0.8101, 0.8102, 0.8112, 0.8104]})
    keys = {
        "id": "c",
        "of": "runs",
        "design": "seeds",
        "run": "seed",
        "candidate": "new",
        "baseline": "old",
        "direction": "higher",
        "no_worse_by": 0.01,
    }
    shown = mlgate_run(CompareRuns(**keys), datasets={"runs": runs})
    hidden = mlgate_run(CompareRuns(**keys, mask=("seed", "new")), datasets={"runs": runs})
    assert hidden.outcome == shown.outcome == "PASS"
    assert "seed 7003: new 0.8131, old 0.8112" in shown.details
    assert not [value for value in ("7001", "7003", "0.8123", "0.8131") if value in str(hidden)]
    assert any("new masked:" in line for line in hidden.details)
