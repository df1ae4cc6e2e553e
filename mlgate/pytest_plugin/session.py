"""The hooks of a session with gates."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from mlgate.core.codec import to_plain
from mlgate.core.verdict import Outcome
from mlgate.pytest_plugin.account import Account
from mlgate.pytest_plugin.closing import COLLECTED_FILE, close, forget_old_evidence, summary
from mlgate.pytest_plugin.collect import COLLECTED, SUFFIXES, GateFile
from mlgate.pytest_plugin.item import VERDICT, WAITED_S, GateItem, ReportingItem
from mlgate.pytest_plugin.junit import mark_undecided
from mlgate.pytest_plugin.measuring import MEASURING, Measuring, Wanted, write_plain
from mlgate.pytest_plugin.progress import Progress
from mlgate.run.folder import RunFolder, sweep

CATEGORIES = {"inconclusive": ("inconclusive", "?", ("INCONCLUSIVE", {"yellow": True})), "warned": ("warned", "w", ("WARNED", {"yellow": True}))}


class GateSession:
    """Registered when mlgate is asked for, in the controller and in every worker."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.account = Account()
        workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
        self.is_worker = workerinput is not None
        given: str = (workerinput or {}).get("mlgate_folder", "")
        self._own = None if given else RunFolder()  # the controller's, or that of a worker on another machine
        self.folder = Path(given) if self._own is None else self._own.path
        config.stash[COLLECTED] = {}
        config.stash[MEASURING] = Measuring(self.folder, worker=workerinput["workerid"] if workerinput is not None else "")
        self.progress = Progress(config)

    def pytest_sessionstart(self) -> None:
        if not self.is_worker and not self.config.option.collectonly:
            forget_old_evidence(self.config)

    def pytest_unconfigure(self) -> None:
        if self._own is not None:
            self._own.remove()
            sweep()  # what a worker that was killed has spilled

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> GateFile | None:
        named = file_path.name.endswith(SUFFIXES)
        given = file_path.suffix in (".yaml", ".yml") and parent.session.isinitpath(file_path)
        return GateFile.from_parent(parent, path=file_path) if named or given else None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tells the controller what was declared and selected, and the measuring what is wanted."""
        selected: dict[str, list[str]] = {}
        for item in session.items:
            if isinstance(item, ReportingItem) and item.parent is not None:
                selected.setdefault(item.parent.nodeid, []).append(item.name)
        found = self.config.stash[COLLECTED]
        told = {
            key: {
                "digest": one.digest,
                "mode": one.gate.policy.mode if one.gate else "",
                "declared": list(one.declared),
                "selected": selected.get(key, []),
                "broken": one.gate is None,
            }
            for key, one in found.items()
        }
        self.account.collected.update(told)
        wanted = [Wanted(key, one.gate, frozenset(selected[key])) for key, one in sorted(found.items()) if one.gate and key in selected]
        self.config.stash[MEASURING].wanted = wanted
        if self.is_worker:
            write_plain(self.folder / COLLECTED_FILE, told)
        self.progress.expect(told)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hands the run directory to workers on this machine (xdist)."""
        if node.gateway.spec.popen:
            node.workerinput["mlgate_folder"] = str(self.folder)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self) -> None:
        """The controller collects nothing itself: it hears from its workers what will be measured."""
        if (self.folder / COLLECTED_FILE).exists():
            self.progress.expect(json.loads((self.folder / COLLECTED_FILE).read_text(encoding="utf-8")))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Takes in what a worker on another machine measured (xdist)."""
        for name, text in (getattr(node, "workeroutput", None) or {}).get("mlgate_files", {}).items():
            if not (self.folder / name).exists():
                (self.folder / name).write_text(text, encoding="utf-8")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if not self.is_worker:
            self.progress.begin(nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        if isinstance(item, GateItem):
            self.config.stash[MEASURING].progress = self.progress.say
        try:
            return (yield)
        finally:
            self.progress.end(item.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(item, ReportingItem):
            _annotate(item, call, report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> Any:
        category = getattr(report, "mlgate_category", "")
        return CATEGORIES.get(category) if report.outcome == "passed" else None

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not self.is_worker:
            self.account.note(report)
            mark_undecided(self.config, report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.is_worker:
            self.account.collect_errors.append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not self.is_worker:
            close(session, self.account, self.folder)
        elif self._own is not None:
            files = {path.name: path.read_text(encoding="utf-8") for path in self.folder.glob("*.json")}
            vars(self.config)["workeroutput"]["mlgate_files"] = files  # xdist puts the mapping there

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.is_worker:
            summary(self.config, terminalreporter)


def _annotate(item: ReportingItem, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Plain attributes that survive the way from a worker: the verdict as JSON, the category, and one-line messages."""
    verdict = item.stash.get(VERDICT, None)
    if report.when == "setup":  # the first item of a session carries the whole scan; it is told in mlgate.scan_seconds instead
        report.duration = max(0.0, report.duration - item.stash.get(WAITED_S, 0.0))
    if verdict is None or report.when == "teardown" or (report.when == "setup" and report.passed):
        return
    told: dict[str, Any] = {
        "mlgate_verdict": json.dumps(to_plain(verdict), default=str),
        "mlgate_item": [item.parent.nodeid if item.parent else "", item.name],
        "mlgate_undecided": verdict.outcome is Outcome.INCONCLUSIVE,
    }
    if report.passed and verdict.outcome is not Outcome.PASS:
        told |= {"mlgate_category": "warned" if verdict.outcome is Outcome.FAIL else "inconclusive", "mlgate_text": item.text}
    vars(report).update(told)  # as pytest's own reports take further attributes
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.longrepr = (item.location[0], item.line, reason)
    elif report.failed and call.excinfo is not None:
        report.longrepr = _longrepr(item, call.excinfo)


def _longrepr(item: ReportingItem, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
    """The text as it is, with its first line as the message of JUnit and of pytest's short summary."""
    shown = excinfo.getrepr(style="value")
    crash = shown.reprcrash
    if crash is not None:
        crash.path, crash.lineno, crash.message = item.location[0], item.line, item.headline
    return shown
