"""The JSON Schema of gate files says what the loader says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from mlgate.cli import main
from mlgate.core import registry
from mlgate.core.errors import GateFileError, PluginError
from mlgate.gatefile.loader import load
from mlgate.gatefile.schema import json_schema

ROOT = Path(__file__).parents[2]
SCHEMA = json_schema()
FLIGHTS = """\
mlgate: 1
policy: {mode: guard, alpha: 0.05, confidence: 0.95, power: 0.9, uses: 100, seed: 20260101}
datasets:
  train:   {path: data/2013-h1.parquet, key: [flight_id], time: time_hour}
  current: {path: "data/2013-07-*.parquet", key: flight_id, time: time_hour}
  served:  {path: logs/served.parquet, key: [flight_id]}
  holdout: {path: data/holdout.parquet, key: [flight_id], label: delayed, digest: "sha256:DIGEST"}
models:
  candidate:  {artifact: models/candidate.skops, dataset: holdout, method: predict_proba}
  production: {artifact: "models:/delay@champion", dataset: holdout, method: predict_proba}
  anchor:     {predictions: baselines/v1.parquet, dataset: holdout}
checks:
  - id: current-contract
    kind: columns
    of: current
    columns:
      carrier:   {type: string, null_share: {at_most: 0}, values: {in: [AA, B6, DL, UA]}}
      dep_delay: {type: float,  null_share: {at_most: 0.03}, values: {between: [-60, 1500]}}
      flight_id: {unique: true}
  - {id: current-fresh, kind: freshness, of: current, column: time_hour, newest_within: 36h}
  - {id: drift, kind: drift, of: current, against: train, columns: [dep_delay, carrier], distance: psi, at_most: 0.1}
  - {id: served-features, kind: parity, of: served, against: train, columns: {distance: {rel: 1.0e-6}, carrier: exact},
     mismatch_share: {at_most: 0.001}, joined_share: {at_least: 0.98}}
  - {id: probability, kind: rule, of: candidate, require: "score >= 0 and score <= 1"}
  - {id: auc, kind: compare, of: candidate, against: production, metric: roc_auc, no_worse_by: 0.005, primary: true, slices: [carrier]}
  - {id: auc-anchor, kind: compare, of: candidate, against: anchor, metric: roc_auc, no_worse_by: 0.005}
waivers:
  - {check: drift.carrier, owner: data-platform, until: 2026-12-31, why: "new airline joined, retraining planned"}
""".replace("DIGEST", "0" * 64)


def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(SCHEMA)


def data_of(text: str) -> Any:
    return json.loads(json.dumps(yaml.safe_load(text), default=str))  # PyYAML makes a date of `until`


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_gate_file_of_the_contract_is_valid_for_the_schema_and_for_the_loader(tmp_path: Path) -> None:
    (tmp_path / "flights.gate.yaml").write_text(FLIGHTS)
    assert not list(validator().iter_errors(data_of(FLIGHTS)))
    gate = load(tmp_path / "flights.gate.yaml", env={})
    assert [check.id for check in gate.checks][:2] == ["current-contract", "current-fresh"]
    assert list(gate.lines.values()) == [13, 20, 21, 22, 24, 25, 26]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mlgate: 1", "mlgate: 2"),
        ("mode: guard", "mode: prov"),
        ("alpha: 0.05", "alpha: 5"),
        ("kind: freshness", "kind: freshnes"),
        ("newest_within: 36h", "newest_wihtin: 36h"),
        ("newest_within: 36h", "newest_within: 36"),
        ("null_share: {at_most: 0}", "null_share: "),
        ("null_share: {at_most: 0}", "null_share: {at_most: 5}"),
        ("null_share: {at_most: 0}", "nul_share: {at_most: 0}"),
        ("flight_id: {unique: true}", "flight_id: {unique: yes please}"),
        ("primary: true", 'primary: "no"'),
        ("id: drift,", "id: 'a b',"),
        ("id: drift, ", ""),
        ("dataset: holdout, method: predict_proba", "method: predict_proba"),
        ("owner: data-platform, ", ""),
        ("train:   {path:", "train:   {pth:"),
        ("waivers:", "waiver:"),
    ],
)
def test_what_the_schema_refuses_the_loader_refuses(tmp_path: Path, old: str, new: str) -> None:
    text = FLIGHTS.replace(old, new, 1)
    (tmp_path / "flights.gate.yaml").write_text(text)
    assert text != FLIGHTS
    assert list(validator().iter_errors(data_of(text)))
    with pytest.raises(GateFileError):
        load(tmp_path / "flights.gate.yaml", env={})


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "flights").rglob("*.gate.yaml")), ids=lambda path: path.stem)
def test_the_gate_files_of_the_example_are_valid_for_the_schema_and_for_the_loader(path: Path) -> None:
    assert not list(validator().iter_errors(data_of(path.read_text(encoding="utf-8"))))
    assert load(path, env={}).checks


def test_null_may_stand_in_a_set_of_values_only(tmp_path: Path) -> None:
    text = FLIGHTS.replace("[AA, B6, DL, UA]", "[AA, null]")
    (tmp_path / "flights.gate.yaml").write_text(text)
    assert not list(validator().iter_errors(data_of(text)))
    assert load(tmp_path / "flights.gate.yaml", env={}).checks


def test_every_kind_is_in_the_schema_with_its_description() -> None:
    kinds = SCHEMA["$defs"]["check"]["properties"]["kind"]["enum"]
    assert kinds == list(registry.entries("checks"))
    for case in SCHEMA["$defs"]["check"]["allOf"]:
        definition = SCHEMA["$defs"][case["then"]["$ref"].rsplit("/", 1)[-1]]
        assert definition["additionalProperties"] is False
        assert definition["properties"]["kind"]["const"] == case["if"]["properties"]["kind"]["const"]
        assert definition["description"]


def test_the_command_prints_the_schema() -> None:
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.output) == SCHEMA


def test_a_broken_plugin_is_named_by_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(group: str) -> Any:
        raise PluginError(f"shop-checks: {group} name 'rows' is taken by mlgate")

    monkeypatch.setattr(registry, "entries", broken)
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 1
    assert "shop-checks" in result.output


def test_an_unknown_command_says_so() -> None:
    result = CliRunner().invoke(main, ["nothing"])
    assert result.exit_code == 2
    assert "No such command" in result.output
