"""The pytest plugin: gate files become items, verdicts become outcomes.

This module loads in every pytest run of its environment, so it imports the standard library and pytest and nothing else; without `--mlgate`
it collects nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

ACTIVE = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options and ini keys of mlgate. Policy (alpha, mode, seed) belongs in the gate file and has none here."""
    group = parser.getgroup("mlgate", "model gates")
    group.addoption("--mlgate", action="store_true", default=False, help="collect *.gate.yaml files and @mlgate.gate functions")
    group.addoption(
        "--mlgate-evidence",
        metavar="PATH",
        default=None,
        help="where to write the evidence for `mlgate decide` (default: mlgate/evidence.json in pytest's cache directory)",
    )
    parser.addini("mlgate", type="bool", default=False, help="as if --mlgate were given")


def pytest_configure(config: pytest.Config) -> None:
    """Registers the rest of the plugin where it is asked for."""
    config.addinivalue_line("markers", "mlgate: an item of a gate file or of a gate function")
    active = bool(config.getoption("mlgate") or config.getini("mlgate"))
    config.stash[ACTIVE] = active
    if active:
        from mlgate.pytest_plugin.session import GateSession

        config.pluginmanager.register(GateSession(config), "mlgate-session")
        _make_project_importable(config)


def _make_project_importable(config: pytest.Config) -> None:
    """The callables of a gate file are found in the project under test, also where no conftest.py put it on the path; last, to shadow nothing."""
    for folder in dict.fromkeys((str(config.rootpath), str(config.invocation_params.dir))):
        if folder not in sys.path:
            sys.path.append(folder)
            config.add_cleanup(partial(_forget, folder))


def _forget(folder: str) -> None:
    if folder in sys.path:
        sys.path.remove(folder)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Module | pytest.Class, name: str, obj: object) -> Any:
    """Gate functions become gates under --mlgate and nothing otherwise, also where their name begins with `test`."""
    python_gate = sys.modules.get("mlgate.gatefile.python_gate")  # not loaded: nothing here can be decorated
    if python_gate is None or not python_gate.is_gate(obj):
        return None
    if not collector.config.stash[ACTIVE] or not isinstance(collector, pytest.Module):
        return []
    from mlgate.pytest_plugin.collect import PythonGate

    return PythonGate.from_parent(collector, name=name, function=obj)


@pytest.fixture
def mlgate_run(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Measures and judges checks by hand: `mlgate_run(check, datasets={...}, models={...}, policy={...})`."""
    from mlgate.pytest_plugin.by_hand import runner

    return runner(request.path, request.node.nodeid)
