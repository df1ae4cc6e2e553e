"""The ledger of uses: how often an evaluation set has decided about a promotion, and what it said.

A file of JSON lines that is only ever appended to. A use is told by content (evaluation set, models, gate file, version of mlgate): the same use
again costs nothing and cannot end better than the first time. The lines of two branches may be put together in any order.
"""

from __future__ import annotations

import datetime
import glob
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mlgate.core.gate import Gate
from mlgate.core.result import LEDGER, RunResult, Use
from mlgate.core.verdict import Outcome, Verdict
from mlgate.promotion.evidence import canonical, digest

_VERSION = 1
_KEPT = (Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE)
_FRESH = "take a fresh evaluation set, whose uses begin at 0; `policy.uses` says how many one set is planned for"


@dataclass
class _Known:
    """What a ledger says. `order` are the uses of each evaluation set, first seen first; `outcomes` what each use said of an item, and when."""

    order: dict[str, dict[str, None]] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], tuple[Outcome, str]] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class _Entry:
    """One use as this run met it: its key, its number among those of its set, and why it could not be counted or written, where that is so."""

    use: Use
    key: str
    number: int
    place: Path
    earlier: Mapping[str, tuple[Outcome, str]]
    fault: str = ""
    unwritten: str = ""


def settle(gate: Gate, result: RunResult, *, now: datetime.datetime | None = None, env: Mapping[str, str] | None = None) -> RunResult:
    """The result with every use of an evaluation set recorded, and its verdicts as the ledger allows them.

    A PASS of a set whose planned uses are spent, or cannot be counted, becomes INCONCLUSIVE. A verdict better than what was recorded of the same
    content becomes what was recorded. `now` and `env` (which names the CI run) are the process's own unless given.
    """
    verdicts = {verdict.item: verdict for verdict in result.verdicts}
    warnings = list(result.warnings)
    for use in result.provenance.uses:
        entry = _entered(gate, result, use, now or datetime.datetime.now(datetime.UTC), os.environ if env is None else env)
        for item in use.items:
            verdicts[item] = _allowed(verdicts[item], entry, gate.policy.uses)
        warnings += _warnings(entry, gate.policy.uses)
    return replace(result, verdicts=tuple(verdicts[verdict.item] for verdict in result.verdicts), warnings=tuple(warnings))


def place_of(gate: Gate, dataset: str) -> Path:
    """Where the uses of a dataset are recorded: `policy.ledger`, else next to its file or folder, else next to the gate file."""
    if gate.policy.ledger is not None:
        return Path(gate.folder, gate.policy.ledger)
    path = gate.datasets[dataset].path
    if path is not None and "://" not in path and (Path(path).exists() or not glob.has_magic(path)):
        return Path(path).with_name(Path(path).name + LEDGER)
    return Path(gate.folder, Path(gate.path.partition("::")[0]).name + LEDGER)


def _entered(gate: Gate, result: RunResult, use: Use, now: datetime.datetime, env: Mapping[str, str]) -> _Entry:
    place = place_of(gate, use.dataset)
    key = digest([use.content, list(use.models), gate.digest, result.provenance.mlgate_version])
    if use.fault:
        return _Entry(use, key, 0, place, {}, fault=f"{use.dataset} has no content digest: {use.fault}")
    line = {
        "mlgate_use": _VERSION,
        "key": key,
        "set": use.content,
        "models": list(use.models),
        "gate": gate.digest,
        "mlgate": result.provenance.mlgate_version,
        "time": now.isoformat(timespec="seconds"),
        "run": _ci_run(env),
    }
    judged = {verdict.item: verdict for verdict in result.verdicts if verdict.item in use.items and verdict.outcome in _KEPT}
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _locked(place):
            known = _read(place)
            entry = _entry_of(known, use, key, place)
            new = {item: _allowed(verdict, entry, gate.policy.uses).outcome.value for item, verdict in judged.items() if item not in entry.earlier}
            if new and not entry.fault:
                _append(place, canonical({**line, "outcomes": new}))
    except OSError as error:
        known = _read(place)
        return replace(_entry_of(known, use, key, place), unwritten=error.strerror or str(error))
    return entry


def _entry_of(known: _Known, use: Use, key: str, place: Path) -> _Entry:
    uses = known.order.get(use.content, {})
    number = list(uses).index(key) + 1 if key in uses else len(uses) + 1
    earlier = {item: known.outcomes[key, item] for item in use.items if (key, item) in known.outcomes}
    return _Entry(use, key, number, place, earlier, fault=known.fault)


def _allowed(verdict: Verdict, entry: _Entry, planned: int) -> Verdict:
    """The verdict as the ledger allows it."""
    if verdict.outcome not in _KEPT:
        return verdict
    if not entry.fault:
        told = f"use {entry.number:,} of {planned:,} planned for {entry.use.dataset}" + (" (not recorded)" if entry.unwritten else "")
        verdict = replace(verdict, details=(*verdict.details, told))
    before, when = entry.earlier.get(verdict.item, (verdict.outcome, ""))
    if verdict.outcome is Outcome.PASS and entry.number > planned and (before is Outcome.INCONCLUSIVE or verdict.item not in entry.earlier):
        return _lowered(verdict, Outcome.INCONCLUSIVE, f"{verdict.reason}; but all {planned:,} planned uses of {entry.use.dataset} are spent", _FRESH)
    if before.rank < verdict.outcome.rank:
        what = f"judged {before.value} on {when}, and a rerun on the same content changes no verdict; now {verdict.outcome.value}: {verdict.reason}"
        fix = "find what changed without being declared (a library, a service, chance in the model)"
        return _lowered(verdict, before, what, fix)
    if verdict.outcome is Outcome.PASS and entry.fault:
        fix = "mend the ledger, or name one by `policy.ledger`"
        return _lowered(verdict, Outcome.INCONCLUSIVE, f"{verdict.reason}; but its uses cannot be counted: {entry.fault}", fix)
    return verdict


def _lowered(verdict: Verdict, outcome: Outcome, reason: str, fix: str) -> Verdict:
    failed = outcome is Outcome.FAIL
    return replace(
        verdict,
        outcome=outcome,
        reason=reason,
        fix=fix,
        fails=True,
        action="reject" if failed else "hold",
        cause="model" if failed else verdict.cause,
    )


def _warnings(entry: _Entry, planned: int) -> Iterator[str]:
    name = entry.place.name
    if entry.unwritten:
        yield (
            f"the use of {entry.use.dataset} could not be recorded in {name} ({entry.unwritten}), {entry.number - 1:,} are known: "
            "let the run write there, or name another file by `policy.ledger`"
        )
    elif entry.number == 1 and not entry.fault:
        yield f"{name} knows of no other use of {entry.use.dataset}: 1 of {planned:,} is counted; keep that file from run to run (commit it)"


def _read(place: Path) -> _Known:
    """What a ledger holds; nothing where there is none. Lines that cannot be read are not passed over in silence."""
    known = _Known()
    try:
        text = place.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return known
    except OSError as error:
        known.fault = f"{place.name} cannot be read: {error.strerror or error}"
        return known
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            plain: Any = json.loads(line)
            key, content, outcomes = str(plain["key"]), str(plain["set"]), {str(item): Outcome(one) for item, one in plain["outcomes"].items()}
            when = str(plain["time"])
        except (ValueError, TypeError, KeyError, AttributeError):
            known.fault = known.fault or f"line {number} of {place.name} cannot be read (an unsolved merge?)"
            continue
        known.order.setdefault(content, {}).setdefault(key)
        for item, outcome in outcomes.items():
            known.outcomes.setdefault((key, item), (outcome, when))
    return known


def _append(place: Path, line: str) -> None:
    """One whole line by one write, after whatever an editor left without its end."""
    with place.open("a+b") as file:
        start = b""
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            start = b"" if file.read(1) == b"\n" else b"\n"
        file.write(start + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _locked(place: Path) -> Any:
    from filelock import FileLock

    return FileLock(f"{place}.lock")


def _ci_run(env: Mapping[str, str]) -> str:
    """The CI run as its own pages name it, "" outside of CI."""
    if env.get("GITHUB_RUN_ID"):
        return f"{env.get('GITHUB_SERVER_URL', '')}/{env.get('GITHUB_REPOSITORY', '')}/actions/runs/{env['GITHUB_RUN_ID']}"
    return next((env[name] for name in ("CI_JOB_URL", "BUILD_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL") if env.get(name)), "")
