"""Makes the data and models before `pytest --mlgate examples/flights` measures, and keeps the variants out of the main run."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

VARIANTS = Path(__file__).with_name("variants")


def pytest_sessionstart(session: pytest.Session) -> None:
    # In the controller of pytest-xdist, before its workers start: the progress display has the terminal to itself.
    if not hasattr(session.config, "workerinput"):
        _make(session.config)


def pytest_collection_finish(session: pytest.Session) -> None:
    # Where this folder is found by collection and not named on the command line, no start hook of this file has run.
    if any(Path(__file__).parent in item.path.parents for item in session.items):
        _make(session.config)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Most variants must fail: they are collected only when named on the command line."""
    if collection_path != VARIANTS:
        return None
    named = (Path(config.invocation_params.dir, argument.partition("::")[0]) for argument in config.args)
    return None if any(path == VARIANTS or VARIANTS in path.parents for path in named) else True


def _make(config: pytest.Config) -> None:
    if config.getoption("mlgate", default=False) and not config.option.collectonly:
        runpy.run_path(str(Path(__file__).with_name("make.py")))["ensure"]()
