"""Gates written in Python are checked exactly as gate files are."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import mlgate
from mlgate.checks import Columns, Drift, Rows
from mlgate.core.bound import NumberBound
from mlgate.core.check import Check
from mlgate.core.errors import GateFileError
from mlgate.gatefile.python_gate import build, is_gate

HERE = Path(__file__).parent
TRAIN = {"train": {"path": "data/train.parquet", "key": "id"}}


def faults_of(function: Any) -> list[str]:
    with pytest.raises(GateFileError) as caught:
        build(function, env={}, shown_as="test_x.py")
    return [str(fault) for fault in caught.value.faults]


def first_line(function: Any) -> int:
    return int(function.__code__.co_firstlineno)


def volume(**rest: Any) -> Rows:
    return Rows(id="volume", of="train", rows=NumberBound(at_least=1), **rest)


@mlgate.gate(datasets=TRAIN, policy={"mode": "prove"}, waivers=[{"check": "volume", "owner": "me", "until": "2026-12-31", "why": "x"}])
def churn() -> Iterator[Check]:
    yield volume()
    yield Columns(id="contract", of="train", columns={"carrier": {"values": {"in": ["AA"]}}})


def test_a_marked_function_becomes_a_gate() -> None:
    gate = build(churn)
    assert is_gate(churn)
    assert [check.id for check in gate.checks] == ["volume", "contract"]
    assert gate.policy.mode == "prove"
    assert gate.datasets["train"].path == str(HERE / "data" / "train.parquet")
    assert gate.folder == str(HERE)
    assert gate.lines == {"volume": first_line(churn) + 2, "contract": first_line(churn) + 3}
    assert gate.waivers[0].owner == "me"
    assert gate.digest.startswith("sha256:")


def test_a_gate_can_be_built_twice() -> None:
    assert build(churn) == build(churn)


def test_the_decorator_needs_no_arguments() -> None:
    @mlgate.gate
    def empty() -> Iterator[Check]:
        yield from ()

    assert is_gate(empty)
    assert any("a gate without checks" in fault for fault in faults_of(empty))


def test_other_objects_are_no_gates() -> None:
    class Anything:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    assert not any(is_gate(one) for one in (volume, Anything(), Anything, 5, None, pytest))
    with pytest.raises(TypeError, match="not marked"):
        build(volume)


def test_a_wrapper_that_keeps_the_name_keeps_the_gate() -> None:
    @functools.wraps(churn)
    def wrapped() -> Iterator[Check]:
        yield from churn()

    assert is_gate(wrapped)
    assert [check.id for check in build(wrapped).checks] == ["volume", "contract"]


@pytest.mark.parametrize(
    "frame",
    [pd.DataFrame({"id": [1]}), pl.DataFrame({"id": [1]}), pl.LazyFrame({"id": [1]}), pa.table({"id": [1]})],
    ids=["pandas", "polars", "polars lazy", "arrow"],
)
def test_frames_in_memory_are_datasets(frame: Any) -> None:
    @mlgate.gate(datasets={"train": frame, "keyed": mlgate.Dataset(frame=frame, key=("id",))})
    def gate() -> list[Check]:
        return [volume()]

    built = build(gate)
    assert built.datasets["train"].frame is frame
    assert built.datasets["keyed"].frame is frame
    assert built.datasets["keyed"].key == ("id",)


@pytest.mark.parametrize(
    "frame", [pa.table({"id": [1]}).to_reader(), (row for row in [1]), iter([1])], ids=["record batch reader", "generator", "iterator"]
)
def test_what_can_be_read_only_once_is_refused(frame: Any) -> None:
    @mlgate.gate(datasets={"train": frame})
    def gate() -> list[Check]:
        return [volume()]

    (fault,) = faults_of(gate)
    assert "datasets.train.frame: an iterator is empty after the first scan" in fault


@pytest.mark.parametrize("frame", [{"id": [1]}, [1], 5, "no function"])
def test_plain_values_are_no_frames(frame: Any) -> None:
    @mlgate.gate(datasets={"train": mlgate.Dataset(frame=frame)})
    def gate() -> list[Check]:
        return [volume()]

    (fault,) = faults_of(gate)
    assert "datasets.train.frame" in fault
    assert "package.module:function" in fault


def test_a_model_may_be_a_function_itself() -> None:
    def score(frame: Any) -> Any:
        return frame

    @mlgate.gate(datasets=TRAIN, models={"m": {"callable": score, "dataset": "train"}, "n": mlgate.Model(predictions="p.csv", dataset="train")})
    def gate() -> list[Check]:
        return [volume()]

    built = build(gate)
    assert built.models["m"].callable is score
    assert built.models["n"].predictions == str(HERE / "p.csv")


def test_references_and_duplicates_are_checked_at_the_line_of_the_yield() -> None:
    @mlgate.gate(datasets={**TRAIN, "broken": {"path": "${NOT_SET}"}}, models={"m": {"artifact": "a.skops", "dataset": "trian"}})
    def gate() -> Iterator[Any]:
        yield volume()
        yield volume(tags=("x",))
        yield Drift(id="drift", of="trian", against="train", distance="psy")
        yield "rows"

    start = first_line(gate)
    faults = faults_of(gate)
    assert [fault.split("\n")[0] for fault in faults] == [
        f"test_x.py:{start}:1: datasets.broken.path: the environment variable NOT_SET is not set",
        f"test_x.py:{start}:1: models.m.dataset: unknown dataset",
        f"test_x.py:{start + 3}:1: checks[1].id: duplicate id 'volume' (first at line {start + 2})",
        f"test_x.py:{start + 4}:1: checks[2].distance: unknown distance",
        f"test_x.py:{start + 4}:1: checks[2].of: unknown dataset or model",
        f"test_x.py:{start + 5}:1: checks[3]: not a check",
    ]
    assert "did you mean 'train'?" in faults[1]


def test_a_constructor_that_refuses_is_a_fault_in_our_words() -> None:
    @mlgate.gate(datasets=TRAIN)
    def gate() -> Iterator[Check]:
        yield volume()
        yield Columns(id="c", of="train", columns={"carrier": {"nul_share": {"at_most": "5%"}}})

    (fault,) = faults_of(gate)
    assert fault.startswith(f"test_x.py:{first_line(gate) + 3}:1: checks[1].columns.carrier.nul_share: unknown key")
    assert "did you mean 'null_share'?" in fault


@pytest.mark.parametrize("datasets", [{**TRAIN, "other": None}, {"train": None}])
def test_nothing_is_no_dataset(datasets: dict[str, Any]) -> None:
    @mlgate.gate(datasets=datasets)
    def gate() -> Iterator[Check]:
        yield volume()

    (fault,) = faults_of(gate)
    assert "wrong type" in fault


def test_none_for_a_field_that_needs_a_value_is_a_fault() -> None:
    @mlgate.gate(datasets=TRAIN)
    def gate() -> Iterator[Check]:
        yield volume()
        yield Rows(id="two", of=None, rows=NumberBound(at_least=1))

    (fault,) = faults_of(gate)
    assert "checks[1].of: wrong type" in fault


def test_what_the_users_own_code_raises_is_not_hidden() -> None:
    @mlgate.gate(datasets=TRAIN)
    def gate() -> Iterator[Check]:
        raise ZeroDivisionError
        yield volume()

    with pytest.raises(ZeroDivisionError):
        build(gate)


def test_a_gate_function_takes_no_fixtures() -> None:
    @mlgate.gate(datasets=TRAIN)
    def gate(tmp_path: Path) -> Iterator[Check]:
        yield volume()

    (fault,) = faults_of(gate)
    assert "takes no arguments, fixtures included: tmp_path" in fault


def test_a_gate_function_that_gives_nothing_is_a_fault() -> None:
    @mlgate.gate(datasets=TRAIN)
    def gate() -> None:
        volume()

    assert any("gives no checks" in fault for fault in faults_of(gate))


def test_a_section_of_the_wrong_type_is_a_fault() -> None:
    @mlgate.gate(datasets=["train"], waivers={"check": "volume"})
    def gate() -> list[Check]:
        return [volume()]

    faults = faults_of(gate)
    assert any("datasets: wrong type" in fault for fault in faults)
    assert any("waivers: wrong type" in fault for fault in faults)


def test_marking_a_function_loads_no_third_party_package() -> None:
    code = (
        "import mlgate.gatefile.python_gate as p, sys; p.is_gate(p.gate(lambda: 0)) or 1/0; print('pydantic' in sys.modules, 'yaml' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["False", "False"]
