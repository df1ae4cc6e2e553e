"""Personal data in no output: every kind, on columns of canaries, through real pytest runs."""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path

import canary_gate
import pytest
import yaml

from mlgate.core.registry import entries
from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate

# the names, the codes (plain, grouped, rounded to six digits) and the times
CANARY = re.compile(r"kanari|7,?7,?7,?1,?2,?3|7\.77123|1911(-0|, )[347]")


def _run(project_at, folder: Path, *, masked: bool):
    project = project_at(folder)
    gate, shows = canary_gate.write(folder, masked=masked)
    project.write({"canary.gate.yaml": yaml.safe_dump(gate, sort_keys=False)})
    return project.run("--mlgate", "-vv", "-rA", "--showlocals", "--tb=long", fake=False, PYTHONPATH=_path(folder)), shows


def _path(folder) -> str:
    return os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)


@pytest.fixture(scope="module")
def masked(project_at, tmp_path_factory: pytest.TempPathFactory):
    return _run(project_at, tmp_path_factory.mktemp("masked") / "project", masked=True)[0]


@pytest.fixture(scope="module")
def unmasked(project_at, tmp_path_factory: pytest.TempPathFactory):
    return _run(project_at, tmp_path_factory.mktemp("unmasked") / "project", masked=False)


def _verdicts(ran) -> list[dict]:
    (result,) = ran.evidence["results"].values()
    return result["verdicts"]


def test_every_kind_of_ours_has_a_case() -> None:
    assert set(canary_gate.CASES) == {name for name, entry in entries("checks").items() if entry.distribution == "mlgate"}


def test_no_output_holds_a_value_of_a_masked_column(masked) -> None:
    texts = {"terminal": masked.out}
    inputs = {"canary_module.py", "broken.csv", "canary.gate.yaml"}
    for path in masked.folder.rglob("*"):
        if path.is_file() and path.suffix not in (".parquet", ".pyc") and path.name not in inputs:
            content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            texts[str(path.relative_to(masked.folder))] = content.decode("utf-8", errors="replace")
    assert {"junit.xml", "evidence.json"} < set(texts)
    assert any("lastfailed" in name for name in texts)
    for name, text in texts.items():
        found = CANARY.search(text)
        assert found is None, f"{name}: ...{text[max(0, found.start() - 200) : found.end() + 50]}..."


def test_without_a_mask_each_check_shows_what_the_mask_hides(unmasked) -> None:
    ran, shows = unmasked
    told: dict[str, bool] = dict.fromkeys(shows, False)
    for verdict in _verdicts(ran):
        told[verdict["check"]] |= CANARY.search(json.dumps(verdict)) is not None
    assert told == shows


def test_a_mask_changes_no_outcome_and_no_count(masked, unmasked) -> None:
    hidden, told = ({one["item"]: one for one in _verdicts(ran)} for ran in (masked, unmasked[0]))
    assert {name: one["outcome"] for name, one in hidden.items()} == {name: one["outcome"] for name, one in told.items()}
    for name, one in hidden.items():
        if one["estimate"] is not None:
            assert one["estimate"] == {**told[name]["estimate"], "value": one["estimate"]["value"]}
            assert one["estimate"]["value"] in ("masked", told[name]["estimate"]["value"])
    assert {"FAIL", "ERROR", "PASS"} <= {one["outcome"] for one in hidden.values()}


def test_a_masked_cell_has_a_name_of_its_own_and_the_row_its_number(masked) -> None:
    (unique,) = (one for one in _verdicts(masked) if one["item"] == "unique-0")
    assert unique["offenders"]["columns"] == ["row", "id", "name", "grade"]
    first, second = unique["offenders"]["rows"][:2]
    assert (first[:2], second[:2]) == (["1", "0"], ["41", "40"])  # every fortieth row has the same name
    assert first[2] == second[2]
    assert re.fullmatch("masked:[0-9a-f]{8}", first[2])


def test_without_samples_no_row_and_no_example_value_is_shown(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    gate, _ = canary_gate.write(tmp_path, masked=False, policy={"samples": 0})
    (tmp_path / "canary.gate.yaml").write_text(yaml.safe_dump(gate, sort_keys=False), encoding="utf-8")
    result = run_gate(load(tmp_path / "canary.gate.yaml"))
    assert result.provenance.follow_ups == ()
    for verdict in result.verdicts:
        text = " ".join([verdict.reason, *verdict.details, verdict.fix])
        assert verdict.offenders is None
        assert not re.search("(new levels|missing values|classes|largest changes of share).*kanari", text), text
        assert "such as name = 'kanari" not in text
