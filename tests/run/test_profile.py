"""A reference frozen to a profile must give the verdicts of the reference itself."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mlgate.checks.data.columns import Columns
from mlgate.checks.data.drift import Drift
from mlgate.checks.data.rows import Rows
from mlgate.checks.data.schema import Schema
from mlgate.cli import main
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset, Gate, Policy
from mlgate.core.profile import dump, parse
from mlgate.core.verdict import Outcome
from mlgate.run.gate_run import run_gate
from mlgate.run.profile import profile

ROWS = 20_000


def gate(datasets, *checks):
    return Gate("g.gate.yaml", ".", "", Policy(), datasets, {}, checks)


def table(seed, rows=ROWS, shift=0.0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "x": np.where(rng.random(rows) < 0.02, np.nan, rng.normal(shift, 1, rows)),
            "zeros": rng.exponential(size=rows) * (rng.random(rows) < 0.5),
            "n": rng.integers(0, 12, rows),
            "carrier": rng.choice(["AA", "B6", "DL"], rows, p=[0.5, 0.3, 0.2]),
            "late": rng.random(rows) < 0.2,
            "at": pd.Timestamp("2013-01-01") + pd.to_timedelta(rng.integers(0, 86400 * 30, rows), unit="s"),
        }
    )


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    path = tmp_path_factory.mktemp("profile") / "train.profile.json"
    path.write_text(dump(profile(gate({"train": Dataset(frame=table(1))}), "train")), encoding="utf-8")
    return path


def outcomes(frozen, now, *checks):
    found = run_gate(gate({"now": Dataset(frame=now), "train": Dataset(path=str(frozen))}, *checks)).verdicts
    return {verdict.item: verdict.outcome for verdict in found}


@pytest.mark.parametrize("distance", ["ks", "psi", "wasserstein", "total_variation", "jensen_shannon", None])
def test_what_moved_fails_and_what_did_not_passes_against_a_profile(frozen, distance):
    named = ("x", "zeros", "n", "at") if distance in ("ks", "wasserstein") else ("x", "zeros", "n", "carrier", "late", "at")
    check = Drift(id="d", of="now", against="train", columns=named, distance=distance, at_most=0.06)
    found = outcomes(frozen, table(2, shift=0.5), check)
    assert {item: outcome for item, outcome in found.items() if outcome is not Outcome.PASS} == {"d.x": Outcome.FAIL}


@pytest.mark.parametrize("distance", ["ks", "psi", "wasserstein", "total_variation"])
def test_the_distance_is_that_of_the_rows_up_to_what_cells_hide(frozen, distance):
    check = Drift(id="d", of="now", against="train", columns=("x",), distance=distance)
    now = table(2, shift=0.3)
    by_file, by_rows = (
        run_gate(gate({"now": Dataset(frame=now), "train": train}, check)).verdicts[0].parts[0][2].value
        for train in (Dataset(path=str(frozen)), Dataset(frame=table(1)))
    )
    assert by_file == pytest.approx(by_rows, abs=0.01)


def test_a_level_that_the_profile_never_had_is_new(frozen):
    now = table(2)
    now.loc[:999, "carrier"] = "XX"
    assert outcomes(frozen, now, Drift(id="d", of="now", against="train", columns=("carrier",))) == {"d.carrier": Outcome.FAIL}


def test_volume_and_layout_are_compared_with_a_profile_too(frozen):
    checks = Rows(id="r", of="now", against="train", change={"at_most": 0.1}), Schema(id="s", of="now", like="train", extra="forbid")
    assert set(outcomes(frozen, table(2), *checks).values()) == {Outcome.PASS}
    assert set(outcomes(frozen, table(2, rows=9000).drop(columns="n"), *checks).values()) == {Outcome.FAIL}


def test_what_a_profile_cannot_know_is_an_error_that_says_so(frozen):
    check = Columns(id="c", of="train", columns={"x": {"max": {"at_most": 9}, "mean": {"at_most": 1}}})
    found = {verdict.item: verdict for verdict in run_gate(gate({"train": Dataset(path=str(frozen))}, check)).verdicts}
    assert found["c.x.mean"].outcome is Outcome.ERROR
    assert "is a profile and knows no mean of x" in found["c.x.mean"].reason


def test_a_slice_of_a_profile_is_an_error(frozen):
    check = Drift(id="d", of="now", against="train", columns=("x",), where="n > 3")
    (verdict,) = run_gate(gate({"now": Dataset(frame=table(2)), "train": Dataset(path=str(frozen))}, check)).verdicts
    assert verdict.outcome is Outcome.ERROR
    assert "knows no slice" in verdict.reason


def test_a_profile_survives_its_file(frozen):
    found = profile(gate({"train": Dataset(frame=pd.DataFrame({"x": [1.0, np.inf, -np.inf, np.nan]}))}), "train")
    assert parse(dump(found), "here") == found


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"mlgate_profile": 1, "digest": "x"}', '{"mlgate_profile": 2, "digest": "x"}', "x"])
def test_what_is_no_profile_is_a_measurement_error(text):
    with pytest.raises(MeasurementError, match="here"):
        parse(text, "here")


def test_an_edited_profile_is_refused(frozen):
    text = json.loads(frozen.read_text())
    text["rows"] += 1
    with pytest.raises(MeasurementError, match="was edited"):
        parse(json.dumps(text), "here")


def test_a_dataset_without_rows_gives_no_profile():
    with pytest.raises(MeasurementError, match="no rows at all"):
        profile(gate({"train": Dataset(frame=table(1).head(0))}), "train")


def test_the_command_writes_a_file_that_a_gate_can_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table(1, 500).to_csv("train.csv", index=False)
    (tmp_path / "g.gate.yaml").write_text(
        "mlgate: 1\ndatasets: {train: {path: train.csv}}\nchecks: [{id: r, kind: rows, of: train, rows: {at_least: 1}}]\n"
    )
    done = CliRunner().invoke(main, ["profile", "g.gate.yaml", "train"])
    assert done.exit_code == 0, done.output
    assert "train.profile.json: 500 rows, 6 columns" in done.output
    assert parse((tmp_path / "train.profile.json").read_text(), "here").rows == 500


@pytest.mark.parametrize(
    ("arguments", "said"), [(["g.gate.yaml", "trian"], "no dataset 'trian'"), (["g.gate.yaml", "train", "-o", "x.json"], "ends in")]
)
def test_the_command_says_what_is_wrong_with_its_arguments(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.gate.yaml").write_text(
        "mlgate: 1\ndatasets: {train: {path: t.csv}}\nchecks: [{id: r, kind: rows, of: train, rows: {at_least: 1}}]\n"
    )
    done = CliRunner().invoke(main, ["profile", *arguments])
    assert done.exit_code == 2
    assert said in done.output
