"""The end of a session: evidence, JUnit suite properties, exit status, terminal summary. In the controlling process only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlgate import __version__
from mlgate.core.decision import Decision
from mlgate.core.result import RunResult
from mlgate.promotion.decide import decide
from mlgate.promotion.evidence import SCHEMA, Evidence, canonical, document
from mlgate.pytest_plugin.account import Account
from mlgate.pytest_plugin.junit import add_suite_properties
from mlgate.pytest_plugin.measuring import Record, read_records
from mlgate.reports import summary as summary_report


@dataclass(frozen=True)
class Closing:
    """What the summary prints."""

    evidence: Evidence
    decision: Decision
    results: dict[str, RunResult]
    account: Account
    path: Path | None


COLLECTED_FILE = "collected.json"  # what workers tell the controller through the run directory
CLOSING = pytest.StashKey[Closing]()


def close(session: pytest.Session, account: Account, folder: Path) -> None:
    """Draws the account, writes evidence and suite properties, and makes a session without gates fail."""
    config = session.config
    told = folder / COLLECTED_FILE
    if told.exists():  # under xdist only the workers collect
        account.collected.update(json.loads(told.read_text(encoding="utf-8")))
    records = read_records(folder)
    evidence = account.evidence(records, _narrowed(config))
    results = {key: record.result for key, record in sorted(records.items()) if record.result is not None}
    path = None
    if not config.option.collectonly:
        plain = document(evidence, results)
        path = _write(config, plain) if evidence.gates else None
        add_suite_properties(config, _suite_properties(account, evidence, records, str(plain["digest"])))
    config.stash[CLOSING] = Closing(evidence, decide([evidence]), results, account, path)
    _refuse_to_pass_silently(session, account)


def evidence_path(config: pytest.Config) -> Path | None:
    """Where the evidence goes: the option, else pytest's cache directory, else nowhere."""
    given = config.getoption("mlgate_evidence")
    if given is not None:
        return Path(config.invocation_params.dir, given)
    cache = getattr(config, "cache", None)
    return Path(cache.mkdir("mlgate")) / "evidence.json" if cache is not None else None


def forget_old_evidence(config: pytest.Config) -> None:
    """Removes what an earlier session left, so that nobody decides on it when this one dies. Raises where the place cannot be written to."""
    path = evidence_path(config)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise pytest.UsageError(f"--mlgate-evidence: cannot write {path}: {error.strerror or error}") from error


def _write(config: pytest.Config, plain: dict[str, Any]) -> Path | None:
    path = evidence_path(config)
    if path is None:
        return None
    scratch = path.with_name(f"{path.name}.part")
    scratch.write_text(canonical(plain) + "\n", encoding="utf-8")
    scratch.replace(path)
    return path


def _narrowed(config: pytest.Config) -> list[str]:
    return ["--lf, which leaves out whole files that passed"] if config.getoption("lf", False) else []


def _suite_properties(account: Account, evidence: Evidence, records: dict[str, Record], evidence_digest: str) -> list[tuple[str, str]]:
    provenances = [record.result.provenance for record in records.values() if record.result is not None]
    gates = [
        {"key": gate.key, "digest": gate.digest, "mode": gate.mode, "declared": list(gate.declared), "inputs": dict(gate.inputs)}
        for gate in evidence.gates
    ]
    facts: list[tuple[str, object]] = [
        ("schema", SCHEMA),
        ("version", __version__),
        ("created", evidence.created),
        ("mode", ",".join(sorted({gate.mode for gate in evidence.gates if gate.mode}))),
        ("alpha", ",".join(sorted({repr(one.alpha) for one in provenances}))),
        ("confidence", ",".join(sorted({repr(one.confidence) for one in provenances}))),
        ("declared", len(evidence.declared)),
        ("selected", sum(len(told["selected"]) for told in account.collected.values())),
        ("reported", len(evidence.items)),
        ("collect_errors", len(evidence.collect_errors)),
        ("complete", str(evidence.complete).lower()),
        ("narrowed", canonical(list(evidence.narrowed))),
        ("declared_digest", evidence.declared_digest),
        ("items_digest", evidence.items_digest),
        ("evidence_digest", evidence_digest),
        ("scan_seconds", f"{sum(record.seconds for record in records.values()):.3f}"),
        ("gates", canonical(gates)),
    ]
    return [(f"mlgate.{name}", str(value)) for name, value in facts]


def _refuse_to_pass_silently(session: pytest.Session, account: Account) -> None:
    """Exit status 5 where nothing of a gate ran although asked for; 1 where a broken gate file was deselected or an undecided item holds."""
    config = session.config
    if session.exitstatus != pytest.ExitCode.OK:
        return
    if any(told["broken"] for told in account.collected.values()) or any(
        one.verdict.action == "hold" and one.verdict.severity != "warn" for one in account.items.values()
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    elif not any(told["selected"] for told in account.collected.values()) and was_asked(config):
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


def was_asked(config: pytest.Config) -> bool:
    """Whether this session is meant to run gates: by the option, or by the ini key when nothing narrows the session to other tests."""
    narrowed = config.args_source is config.ArgsSource.ARGS or config.option.keyword or config.option.markexpr or config.getoption("lf", False)
    return bool(config.getoption("mlgate")) or not narrowed


def bestrelpath(path: Path, config: pytest.Config) -> str:
    """The path as a user types it where pytest was started."""
    start = config.invocation_params.dir
    return str(path.relative_to(start)) if path.is_relative_to(start) else str(path)


def summary(config: pytest.Config, reporter: pytest.TerminalReporter) -> None:
    """Prints the verdict of the session, what to do next, and every item that did not pass, worst first."""
    closing = config.stash.get(CLOSING, None)
    if closing is None or (config.option.collectonly and closing.evidence.gates):
        return
    selected = sum(len(told["selected"]) for told in closing.account.collected.values())
    if not selected:
        if was_asked(config):
            missing = "no gate was collected: no *.gate.yaml file, no @mlgate.gate function"
            what = "no gate item was selected" if closing.evidence.gates else missing
            reporter.write_line(f"mlgate: ERROR: {what}", red=True, bold=True)
        return
    verdicts = {f"{gate}::{item}": one.verdict for (gate, item), one in closing.account.items.items()}
    evidence = closing.evidence
    path = bestrelpath(closing.path, config) if closing.path else ""
    shown = summary_report.Session(closing.decision, evidence.complete, len(evidence.declared), verdicts, closing.results, path)
    reporter.write_sep("=", "mlgate", bold=True)
    for text, style in summary_report.render(shown):
        reporter.write_line(text, **dict.fromkeys(style.split(), True))
