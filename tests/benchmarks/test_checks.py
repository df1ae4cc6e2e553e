"""The gate file of the benchmarks asks what its list of checks says, and finds what its data has planted."""

import importlib.util
import sys
from pathlib import Path

import pytest

from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate
from mlgate.run.shares import declare

FOLDER = Path(__file__).parents[2] / "benchmarks"


def module(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded  # make_data imports checks by this name, and dataclasses look themselves up
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def checks():
    yield module("checks").CHECKS
    sys.modules.pop("checks")


@pytest.fixture(scope="module")
def gate(checks, tmp_path_factory):
    data = module("make_data")
    sys.modules.pop("make_data")
    data.REFERENCE_ROWS = 20_000
    folder = tmp_path_factory.mktemp("orders")
    orders = data.make(folder, 20_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENCH_ORDERS", str(orders))
        patch.setenv("BENCH_REFERENCE", str(folder / "reference.parquet"))
        return load(FOLDER / "orders.gate.yaml")


def test_the_gate_file_has_the_sixty_checks(checks, gate):
    assert len(checks) == 60
    assert sorted(check.id for check in checks) == sorted(item.id for item in declare(gate))


def test_it_finds_what_is_planted_and_nothing_else(checks, gate):
    outcomes = {verdict.item: verdict.outcome.value for verdict in run_gate(gate).verdicts}
    assert outcomes == {check.id: "PASS" if check.passes else "FAIL" for check in checks}
