"""A gate file becomes a gate, or all its faults at once."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.core import registry
from mlgate.core.errors import GateFileError
from mlgate.core.gate import Gate
from mlgate.gatefile import sections
from mlgate.gatefile.faults import MAX_FAULTS, render
from mlgate.gatefile.loader import load

VOLUME = "checks: [{id: volume, kind: rows, of: train, rows: {at_least: 1}}]\n"


def gate_of(tmp_path: Path, text: str, **env: str) -> Gate:
    path = tmp_path / "gates" / "case.gate.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load(path, env=env)


def faults_of(tmp_path: Path, text: str, **env: str) -> list[str]:
    with pytest.raises(GateFileError) as caught:
        gate_of(tmp_path, text, **env)
    return [str(fault) for fault in caught.value.faults]


def test_a_gate_file_becomes_a_gate(tmp_path: Path) -> None:
    text = f"""\
mlgate: 1
policy: {{mode: prove, alpha: 1e-2, uses: 12}}
datasets:
  train: {{path: data/train.parquet, key: id, label: y}}
{VOLUME}
waivers:
  - {{check: volume, owner: me, until: 2026-12-31, why: moving house}}
"""
    gate = gate_of(tmp_path, text)
    assert (gate.policy.mode, gate.policy.alpha, gate.policy.uses, gate.policy.confidence) == ("prove", 0.01, 12, 0.95)
    assert gate.datasets["train"].path == str(tmp_path / "gates" / "data" / "train.parquet")
    assert gate.datasets["train"].key == ("id",)
    assert [check.id for check in gate.checks] == ["volume"]
    assert gate.lines == {"volume": 5}
    assert gate.folder == str(tmp_path / "gates")
    assert gate.digest == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    assert str(gate.waivers[0].until) == "2026-12-31"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("path: data/*.parquet", "{folder}/data/*.parquet"),
        ("path: ../up.csv", "{parent}/up.csv"),
        ("path: /abs/x.csv", "/abs/x.csv"),
        ("path: 's3://bucket/x.parquet'", "s3://bucket/x.parquet"),
        ("path: '${DATA}/x.csv'", "/lake/x.csv"),
        ("path: '${NONE:-local}/x.csv'", "{folder}/local/x.csv"),
        ("path: '${EMPTY:-local}/${DATA}'", "{folder}/local//lake"),
        ("path: 'a${NONE:-}b.csv'", "{folder}/ab.csv"),
    ],
)
def test_a_path_is_absolute_against_the_folder_of_the_gate_file(tmp_path: Path, source: str, expected: str) -> None:
    gate = gate_of(tmp_path, f"mlgate: 1\ndatasets: {{train: {{{source}}}}}\n{VOLUME}", DATA="/lake", EMPTY="")
    wanted = expected.format(folder=tmp_path / "gates", parent=tmp_path)
    assert gate.datasets["train"].path == wanted.replace("//lake", "/lake")


def test_brackets_in_the_name_of_the_folder_are_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "run[1]"
    folder.mkdir()
    (folder / "x.gate.yaml").write_text(f"mlgate: 1\ndatasets: {{train: {{path: '*.csv'}}, other: {{path: a.csv}}}}\n{VOLUME}")
    gate = load(folder / "x.gate.yaml")
    assert gate.datasets["train"].path == f"{tmp_path}/run[[]1]/*.csv"
    assert gate.datasets["other"].path == f"{folder}/a.csv"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("duckdb:a.db:main.t", "duckdb:{folder}/a.db:main.t"),
        ("sqlite:/abs/a.db:t", "sqlite:/abs/a.db:t"),
        ("postgres:host=db port=5:t", "postgres:host=db port=5:t"),
    ],
)
def test_the_file_of_a_table_is_absolute(tmp_path: Path, table: str, expected: str) -> None:
    gate = gate_of(tmp_path, f"mlgate: 1\ndatasets: {{train: {{table: '{table}'}}}}\n{VOLUME}")
    assert gate.datasets["train"].table == expected.format(folder=tmp_path / "gates")


def test_registry_names_and_endpoints_of_models_stay_as_they_are(tmp_path: Path) -> None:
    models = """models:
  a: {artifact: "models:/delay@champion", dataset: train}
  b: {artifact: models/b.skops, dataset: train}
  c: {endpoint: "${HOST}/score", dataset: train}
  d: {predictions: p.parquet, dataset: train}
"""
    gate = gate_of(tmp_path, f"mlgate: 1\ndatasets: {{train: {{path: t.csv}}}}\n{models}{VOLUME}", HOST="http://x")
    folder = tmp_path / "gates"
    found = [gate.models[name] for name in "abcd"]
    assert [one.artifact or one.endpoint or one.predictions for one in found] == [
        "models:/delay@champion",
        f"{folder}/models/b.skops",
        "http://x/score",
        f"{folder}/p.parquet",
    ]


def test_a_secret_from_the_environment_is_not_shown_in_a_fault(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, f"mlgate: 1\ndatasets: {{train: {{path: '${{SECRET}}', table: 'a:b:c'}}}}\n{VOLUME}", SECRET="hunter2")
    assert faults
    assert "hunter2" not in "".join(faults)


@pytest.mark.parametrize("kind", ["gone", "folder"])
def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path, kind: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(GateFileError, match="cannot be read"):
        load(tmp_path / kind)


def test_a_metric_may_be_a_function(tmp_path: Path) -> None:
    check = "checks: [{id: m, kind: metric, of: m, metric: 'shop.metrics:profit', at_least: 1, direction: higher, needs: score}]"
    gate = gate_of(tmp_path, f"mlgate: 1\ndatasets: {{d: {{path: x.csv, label: y}}}}\nmodels: {{m: {{artifact: a.skops, dataset: d}}}}\n{check}\n")
    assert gate.checks[0].kind == "metric"


def test_a_waiver_may_name_an_item(tmp_path: Path) -> None:
    text = """mlgate: 1
datasets: {a: {path: a.csv}, b: {path: b.csv}}
checks: [{id: drift, kind: drift, of: a, against: b, columns: [carrier]}]
waivers: [{check: drift.carrier, owner: me, until: 2026-12-31, why: new airline}]
"""
    assert gate_of(tmp_path, text).waivers[0].check == "drift.carrier"


def test_a_waiver_for_an_item_of_a_check_with_faults_is_not_reported_besides(tmp_path: Path) -> None:
    text = """mlgate: 1
datasets: {a: {path: a.csv}, b: {path: b.csv}}
checks: [{id: drift, kind: drift, of: a, against: b, columns: [carrier], at_mots: 1}]
waivers: [{check: drift.carrier, owner: me, until: 2026-12-31, why: new airline}]
"""
    assert len(faults_of(tmp_path, text)) == 1


def test_a_kind_with_a_bug_is_a_fault_of_its_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(registry.load("checks", "rows")):
        def parts(self) -> Any:
            raise AttributeError("no such thing")

    real = registry.load
    monkeypatch.setattr(sections.registry, "load", lambda group, name: Broken if name == "rows" else real(group, name))
    (fault,) = faults_of(tmp_path, f"mlgate: 1\ndatasets: {{train: {{path: t.csv}}}}\n{VOLUME}")
    assert "failed to list its items: AttributeError: no such thing" in fault


TEN = """\
mlgate: 1
policy: {alpha: 5%, mode: prov}
datasets:
  train: {path: "${LAKE}/train.parquet", key: id}
  current: {path: current.parquet, kye: id}
models:
  candidate: {artifact: m.skops, dataset: curent}
checks:
  - id: volume
    kind: rows
    of: trian
    rows: {at_least: 1, at_least: 2}
  - {id: volume, kind: freshnes, of: train}
  - {id: auc, kind: metric, of: candidate, metric: roc_auk, at_least: 0.7}
  - id: sane
    kind: rule
    of: candidate
    require: score >= (select 0)
waivers:
  - {check: auk, owner: me, until: 2026-12-31, why: soon}
"""
TEN_SHOWN = """\
ten.gate.yaml:2:17: policy.alpha: wrong type
  2 | policy: {alpha: 5%, mode: prov}
    |                 ^
  got:      '5%'
  expected: a number
  fix:      shares are numbers in [0, 1]: write 0.05
ten.gate.yaml:2:27: policy.mode: unknown word
  2 | policy: {alpha: 5%, mode: prov}
    |                           ^
  got:      'prov'
  expected: one of guard, prove
  fix:      did you mean 'prove'?
ten.gate.yaml:4:17: datasets.train.path: the environment variable LAKE is not set
  4 |   train: {path: "${LAKE}/train.parquet", key: id}
    |                 ^
  got:      '${LAKE}/train.parquet'
  fix:      set LAKE, or write a default: ${LAKE:-default}
ten.gate.yaml:5:36: datasets.current.kye: unknown key
  5 |   current: {path: current.parquet, kye: id}
    |                                    ^
  got:      'kye'
  expected: one of path, table, frame, format, key, label, time, group, mask, digest, engine
  fix:      did you mean 'key'?
ten.gate.yaml:7:43: models.candidate.dataset: unknown dataset
  7 |   candidate: {artifact: m.skops, dataset: curent}
    |                                           ^
  got:      'curent'
  expected: one of train, current
  fix:      did you mean 'current'?
ten.gate.yaml:11:9: checks[0].of: unknown dataset or model
  11 |     of: trian
     |         ^
  got:      'trian'
  expected: one of train, current, candidate
  fix:      did you mean 'train'?
ten.gate.yaml:12:25: checks[0].rows: duplicate key 'at_least' (first at line 12)
  12 |     rows: {at_least: 1, at_least: 2}
     |                         ^
  fix:      delete one of the two
ten.gate.yaml:13:10: checks[1].id: duplicate id 'volume' (first at line 9)
  13 |   - {id: volume, kind: freshnes, of: train}
     |          ^
  fix:      ids are unique in a gate: JUnit history hangs on them
ten.gate.yaml:13:24: checks[1].kind: unknown kind
  13 |   - {id: volume, kind: freshnes, of: train}
     |                        ^
  got:      'freshnes'
  expected: one of KINDS
  fix:      did you mean 'freshness'? A plugin may add kinds: docs/extend.md
ten.gate.yaml:14:52: checks[2].metric: unknown metric
  14 |   - {id: auc, kind: metric, of: candidate, metric: roc_auk, at_least: 0.7}
     |                                                    ^
  got:      'roc_auk'
  expected: one of METRICS
  fix:      did you mean 'roc_auc'? A plugin may add metrics: docs/extend.md
ten.gate.yaml:18:14: checks[3].require: REFUSED
  18 |     require: score >= (select 0)
     |              ^
ten.gate.yaml:20:13: waivers[0].check: the waiver names no check and no item
  20 |   - {check: auk, owner: me, until: 2026-12-31, why: soon}
     |             ^
  got:      'auk'
  expected: one of volume, auc, sane
  fix:      did you mean 'auc'?"""


def test_all_faults_of_a_file_are_shown_at_once_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "ten.gate.yaml").write_text(TEN, encoding="utf-8")
    with pytest.raises(GateFileError) as caught:
        load(tmp_path / "ten.gate.yaml", env={}, shown_as="ten.gate.yaml")
    found = render(caught.value, folder=tmp_path).splitlines()
    start = next(index for index, line in enumerate(found) if line.startswith("ten.gate.yaml:18:14"))
    assert found[start].startswith("ten.gate.yaml:18:14: checks[3].require: ")
    end = next(index for index, line in enumerate(found) if index > start and line.startswith("ten"))
    found = [*found[:start], "ten.gate.yaml:18:14: checks[3].require: REFUSED", *found[start + 1 : start + 3], *found[end:]]  # the guard's own words
    wanted = TEN_SHOWN.replace("KINDS", ", ".join(registry.entries("checks"))).replace("METRICS", ", ".join(registry.entries("metrics")))
    assert found == wanted.splitlines()


def test_a_file_with_thousands_of_faults_shows_the_first_and_counts_the_rest(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "mlgate: 1\nchecks:\n" + "- {id: a, kind: rwos}\n" * 2000)
    assert len(faults) == MAX_FAULTS + 1
    assert faults[-1].endswith("more faults")


def test_a_fault_in_a_long_line_shows_the_part_around_it(tmp_path: Path) -> None:
    path = tmp_path / "x.gate.yaml"
    path.write_text(f"mlgate: 1\ndatasets: {{train: {{path: t.csv}}}}\nchecks: [{{id: a, why: '{'w' * 500}', kind: rwos}}]\n")
    with pytest.raises(GateFileError) as caught:
        load(path)
    shown, caret = render(caught.value).splitlines()[1:3]
    assert len(shown) < 130
    assert shown[caret.index("^") :].startswith("rwos")


def test_a_fault_whose_file_is_gone_is_shown_without_its_line(tmp_path: Path) -> None:
    with pytest.raises(GateFileError) as caught:
        load(tmp_path / "gone.gate.yaml")
    assert render(caught.value) == str(caught.value)


# Structures near enough to a gate file to reach every part of the loader
VOCABULARY = """
mlgate policy datasets models checks waivers id kind of against rows columns rule drift metric compare unique schema freshness path table frame key
dataset artifact callable train candidate at_least at_most between equals in values quantiles where require severity primary until check owner
${X} ${ 36h 5% roc_auc psi all a.b:c no why mode prove alpha null_share format like change per
"""
WORDS = st.sampled_from(["", "x >= 1", "select 1", *VOCABULARY.split()])
LEAVES = st.one_of(WORDS, st.integers(-5, 5), st.floats(), st.booleans(), st.none(), st.integers(), st.text(max_size=5))
VALUES = st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(WORDS, LEAVES), inner, max_size=4)))
CHECKS = st.dictionaries(st.one_of(WORDS, st.just("kind")), VALUES, max_size=6).flatmap(
    lambda rest: st.sampled_from(["rows", "columns", "rule", "drift", "metric", "compare", "unique", "schema", "freshness"]).map(
        lambda kind: {"id": "a", **rest, "kind": kind}
    )
)
GATES = st.fixed_dictionaries(
    {"mlgate": st.sampled_from([1, 1, 2, "1"])},
    optional={
        "policy": VALUES,
        "datasets": st.one_of(VALUES, st.dictionaries(WORDS, st.dictionaries(WORDS, VALUES, max_size=3), max_size=3)),
        "models": st.one_of(VALUES, st.dictionaries(WORDS, st.dictionaries(WORDS, VALUES, max_size=3), max_size=3)),
        "checks": st.one_of(VALUES, st.lists(CHECKS, max_size=3)),
        "waivers": VALUES,
    },
)


@given(GATES)
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_structure_is_a_whole_gate_or_a_gate_file_error(tmp_path: Path, data: dict[str, Any]) -> None:
    path = tmp_path / "any.gate.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    if not refused(path):
        gate = load(path, env={})
        assert len(gate.checks) == len(data["checks"]) > 0  # nothing is dropped in silence
        assert len(gate.datasets) == len(data.get("datasets", ()))
        assert len(gate.models) == len(data.get("models", ()))
        assert len(gate.waivers) == len(data.get("waivers", ()))


def refused(path: Path) -> str:
    """All that is wrong with a file, as users see it; "" where nothing is."""
    try:
        load(path, env={})
    except GateFileError as error:
        shown = render(error)
        return shown if error.faults and "pydantic" not in shown else ""
    return ""


@given(st.binary(max_size=80))
@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_raise_anything_but_a_gate_file_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.gate.yaml"
    path.write_bytes(b"mlgate: 1\n" + content)
    with pytest.raises(GateFileError):
        load(path, env={})
