"""Makes the data and models before `pytest --mlgate examples/skew` measures."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest


def pytest_sessionstart(session: pytest.Session) -> None:
    # In the controller of pytest-xdist, before its workers start.
    if not hasattr(session.config, "workerinput"):
        _make(session.config)


def pytest_collection_finish(session: pytest.Session) -> None:
    # Where this folder is found by collection and not named on the command line, no start hook of this file has run.
    if any(Path(__file__).parent in item.path.parents for item in session.items):
        _make(session.config)


def _make(config: pytest.Config) -> None:
    if config.getoption("mlgate", default=False) and not config.option.collectonly:
        folder = str(Path(__file__).parent)
        sys.path.insert(0, folder)
        try:
            runpy.run_path(str(Path(folder, "make.py")))["ensure"]()
        finally:
            sys.path.remove(folder)
