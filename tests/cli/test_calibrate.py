import json

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from mlgate.cli import main

N = 300


def project(folder, **changes):
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, N)
    rows = pd.DataFrame({"id": np.arange(N), "age": rng.normal(40, 10, N), "city": rng.choice(["Ulm", "Bonn"], N), "y": y, "day": "2026-01-05"})
    rows["day"] = pd.to_datetime(rows["day"])
    rows.to_parquet(folder / "rows.parquet")
    for name in ("new", "old"):
        wrong = rng.random(N) < 0.1
        pd.DataFrame({"id": np.arange(N), "prediction": np.where(wrong, 1 - y, y)}).to_parquet(folder / f"{name}.parquet")
    gate = {
        "mlgate": 1,
        "datasets": {"rows": {"path": "rows.parquet", "key": ["id"], "label": "y", "time": "day"}},
        "models": {name: {"predictions": f"{name}.parquet", "dataset": "rows"} for name in ("new", "old")},
        "checks": [
            {"id": "accuracy", "kind": "compare", "of": "new", "against": "old", "metric": "accuracy", "no_worse_by": 0.05},
            {"id": "floor", "kind": "metric", "of": "new", "metric": "accuracy", "at_least": 0.85},
            {"id": "keys", "kind": "unique", "of": "rows"},
            {"id": "age", "kind": "columns", "of": "rows", "columns": {"age": {"null_share": {"at_most": 0.05}, "mean": {"between": [35, 45]}}}},
            {"id": "fresh", "kind": "freshness", "of": "rows", "column": "day", "newest_within": "48h", "now": "2026-01-06T00:00:00"},
            {"id": "idle", "kind": "rule", "of": "rows", "require": "id >= -1"},
        ],
        **changes,
    }
    path = folder / "g.gate.yaml"
    path.write_text(yaml.safe_dump(gate, sort_keys=False))
    return path


def call(*arguments, code=0):
    done = CliRunner().invoke(main, [str(one) for one in arguments])
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibrated")
    path = project(folder)
    files = {one.name for one in folder.iterdir()}
    text = call("calibrate", path, "--runs", 6, "--json", folder / "out.json", "--report", folder / "out.md")
    made = {one.name for one in folder.iterdir()} - files
    return text, json.loads((folder / "out.json").read_text()), (folder / "out.md").read_text(), made


def corruption(found, corrupter, target):
    return next(one for one in found["corruptions"]["tried"] if (one["corrupter"], one["target"]) == (corrupter, target))


def test_it_writes_only_what_is_asked_for(calibrated):
    assert calibrated[3] == {"out.json", "out.md"}


def test_every_sampled_check_is_judged_in_every_run(calibrated):
    blocks = calibrated[1]["false_blocks"]
    assert {item["id"]: item["runs"] for item in blocks["items"]} == {"accuracy": 6, "floor": 6}
    assert not blocks["errors"]
    assert blocks["file"]["runs"] == 6


def test_the_interval_is_that_of_clopper_and_pearson(calibrated):
    low, high = calibrated[1]["false_blocks"]["file"]["interval"]
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 6))  # the closed form for no success


@pytest.mark.parametrize(
    ("corrupter", "target", "check"),
    [
        ("duplicated_rows", "rows", "keys"),
        ("shift", "rows", "age.age.mean"),
        ("null_burst", "rows", "age.age.null_share"),
        ("stale", "rows", "fresh"),
        ("swapped_labels", "rows", "floor"),
        ("degraded_predictions", "new", "accuracy"),
    ],
)
def test_a_corruption_is_noticed_by_the_check_that_is_made_for_it(calibrated, corrupter, target, check):
    assert check in corruption(calibrated[1], corrupter, target)["noticed"]


def test_a_check_that_nothing_makes_fail_is_named(calibrated):
    assert calibrated[1]["corruptions"]["cannot_be_shown_to_fail"] == ["idle"]
    assert "cannot be shown to fail: idle" in calibrated[0]
    assert "cannot be shown to fail: idle" in calibrated[2]


def test_a_check_that_failed_before_does_not_count_as_noticing(tmp_path):
    checks = [{"id": "keys", "kind": "unique", "of": "rows"}, {"id": "never", "kind": "rule", "of": "rows", "require": "age < 0"}]
    found = json.loads(call("calibrate", project(tmp_path, checks=checks), "--runs", 0, "--json", "-"))["corruptions"]
    assert found["failing_before"] == ["never"]
    assert not any("never" in one["noticed"] for one in found["tried"])


def test_a_file_without_sampled_checks_says_so(tmp_path):
    path = project(tmp_path, checks=[{"id": "keys", "kind": "unique", "of": "rows"}])
    assert "No sampled check could be judged" in call("calibrate", path, "--no-corrupt")


def test_a_dataset_that_is_too_large_is_skipped_with_the_reason(tmp_path):
    found = json.loads(call("calibrate", project(tmp_path), "--runs", 3, "--most-rows", 100, "--json", "-"))
    assert "300 rows, more than the 100" in found["skipped"]["rows"]
    assert set(found["false_blocks"]["left_out"]) == {"accuracy", "floor"}
    assert not found["corruptions"]["tried"]


def test_a_model_that_is_truly_worse_is_not_judged_against_its_floor(tmp_path):
    checks = [{"id": "floor", "kind": "metric", "of": "new", "metric": "accuracy", "at_least": 0.99}]
    found = json.loads(call("calibrate", project(tmp_path, checks=checks), "--runs", 3, "--no-corrupt", "--json", "-"))
    assert "its FAILs are not false" in found["false_blocks"]["left_out"]["floor"]


def test_drift_is_judged_on_two_parts_of_the_reference(tmp_path):
    path = project(
        tmp_path,
        datasets={"rows": {"path": "rows.parquet"}, "later": {"path": "rows.parquet"}},
        models={},
        checks=[{"id": "drift", "kind": "drift", "of": "later", "against": "rows", "columns": ["age"], "distance": "ks", "at_most": 0.9}],
    )
    found = json.loads(call("calibrate", path, "--runs", 3, "--no-corrupt", "--json", "-"))["false_blocks"]
    assert [(item["id"], item["runs"], item["blocks"]) for item in found["items"]] == [("drift.age", 3, 0)]


def test_two_seeds_stand_in_for_both_arms(tmp_path):
    found = json.loads(call("calibrate", project(tmp_path), "--runs", 3, "--no-corrupt", "--arms", "new", "old", "--json", "-"))
    assert found["false_blocks"]["seeds"] == ["new", "old"]


@pytest.mark.parametrize(("option", "said"), [(("--arms", "new", "gone"), "'gone' is no model"), (("--only", "gone"), "no check is called so")])
def test_a_name_that_is_not_there_is_refused(tmp_path, option, said):
    done = CliRunner().invoke(main, ["calibrate", str(project(tmp_path)), *option])
    assert done.exit_code == 2
    assert said in done.stderr
