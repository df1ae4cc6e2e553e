"""One line on the terminal while the data is scanned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest


class Progress:
    """Says what is being measured: one line before the scan, and on a terminal a second one that is rewritten."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._announcement = ""
        self._gates: frozenset[str] = frozenset()
        self._showing = False

    @property
    def _reporter(self) -> pytest.TerminalReporter | None:
        found: pytest.TerminalReporter | None = self._config.pluginmanager.getplugin("terminalreporter")
        return found

    def expect(self, collected: Mapping[str, Mapping[str, Any]]) -> None:
        """Prepares the line for a session that will measure the selected items of these gates."""
        self._gates = frozenset(key for key, told in collected.items() if told["selected"] and not told["broken"])
        items = sum(len(collected[key]["selected"]) for key in self._gates)
        where = min(self._gates) if len(self._gates) == 1 else f"{len(self._gates)} gates"
        self._announcement = f"mlgate: measuring {items} {'item' if items == 1 else 'items'} of {where}" if items else ""

    def begin(self, nodeid: str) -> None:
        """Writes the line when the first gate item starts."""
        if nodeid.rpartition("::")[0] not in self._gates:
            return
        reporter = self._reporter
        if reporter is not None and self._announcement and self._config.get_verbosity() >= 0:
            reporter.ensure_newline()
            reporter.write_line(self._announcement)
        self._announcement = ""

    def say(self, text: str) -> None:
        """Rewrites the progress line; nothing where the output is no terminal."""
        reporter = self._reporter
        if reporter is None or not reporter.isatty or self._config.get_verbosity() < 0:
            return
        self._write(f"\r\x1b[K  {text[:120]}")
        self._showing = True

    def end(self, nodeid: str) -> None:
        """Clears the progress line; pytest then writes its own again."""
        reporter = self._reporter
        if self._showing and reporter is not None:
            self._write("\r\x1b[K")
            reporter.currentfspath = None
            self._showing = False
            if reporter.showfspath and self._config.get_verbosity() == 0:  # the name of the file stood where the progress was written
                self._past_capture(lambda: reporter.write_fspath_result(nodeid, ""))

    def _write(self, text: str) -> None:
        reporter = self._reporter
        if reporter is not None:
            self._past_capture(lambda: reporter.write(text, flush=True))

    def _past_capture(self, write: Callable[[], None]) -> None:
        """Writes to the terminal while a test's output is captured, as pytest's own live log does."""
        capture = self._config.pluginmanager.getplugin("capturemanager")
        if capture is None:
            write()
            return
        with capture.global_and_fixture_disabled():
            write()
