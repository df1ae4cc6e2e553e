"""Laws of a preprocessing callable, searched in a process of its own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mlgate.adapters.probes._child import Heard, Job, run
from mlgate.checks.skew._law_findings import Counterexample, LawFinding, Search
from mlgate.checks.skew._laws._known import read
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Probe

_TASK, _SECOND_TASK = "mlgate.adapters.probes._property.search:search", "mlgate.adapters.probes._property.other_process:again"
_START_S = 120.0  # for imports and fitting
_FIRST = {"PYTHONHASHSEED": "0"}
_OTHER = {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu"}


class PropertySearch:
    """Searches batches that break laws, with hypothesis.

    A probe's only argument is the search as JSON (see `kind property`); its inputs are the rows that batches are like, then those that an
    estimator is fitted on, each where there are any.
    """

    marks_values = True

    def answer(self, probe: Probe, frames: Sequence[Any]) -> Search:
        """What was found. Raises `MeasurementError` where the callable cannot be imported, made or fitted, and where it opens a connection."""
        wanted = json.loads(str(probe.args[0]))
        for package, extra in (("hypothesis", "properties"), ("pandas", "properties")):
            if find_spec(package) is None:
                raise MeasurementError(f"a search needs {package}", cause="infrastructure", fix=f"pip install 'mlgate[{extra}]'")
        with tempfile.TemporaryDirectory(prefix="mlgate-search-", ignore_cleanup_errors=True) as name:
            return _searched(wanted, _inputs(wanted, frames), Path(name))


def _inputs(wanted: Mapping[str, Any], frames: Sequence[Any]) -> dict[str, Any]:
    given = dict(zip(wanted["inputs"], frames, strict=True))
    like, fit, label = given.get("like"), given.get("fit"), None
    for name, frame in given.items():
        if not len(frame):
            raise MeasurementError(f"{wanted[name]} has no rows to {'make others of' if name == 'like' else 'fit on'}", fix="find why it is empty")
    if fit is not None and wanted["label"] is not None:
        fit, label = fit.iloc[:, :-1], fit.iloc[:, -1]
    return {"wanted": wanted, "like": like, "fit": fit, "label": label, "trace": False}


def _searched(wanted: Mapping[str, Any], inputs: dict[str, Any], folder: Path) -> Search:
    limit = _START_S + wanted["seconds"] * (2 + len(wanted["laws"]))
    first = _FIRST if wanted["stored"] else {**_FIRST, "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis")}
    heard = run(Job(_TASK, inputs, limit, environment=first), folder=folder)
    _refuse_connections(wanted["of"], heard)
    if heard.ended == "died" and heard.last("hangs") is None:
        traced = run(Job(_TASK, {**inputs, "trace": True}, limit, environment=first), folder=folder)  # the same batches, this time noted down
        heard = replace(heard, said=(*heard.said, *(one for one in traced.said if "trying" in one))) if traced.ended == "died" else heard
    search = _read(wanted, heard)
    second = [law.name() for law in map(read, wanted["laws"]) if law.other_process]
    if search.stopped or not second:
        return search
    other = run(Job(_SECOND_TASK, inputs, _START_S + 2 * wanted["seconds"], environment=_OTHER), folder=folder)
    return _with_second(search, other, second)


def _refuse_connections(of: str, heard: Heard) -> None:
    if heard.refused:
        what = f"{of} opens a network connection ({', '.join(heard.refused[:3])}), which a search refuses: it would be opened for each of many calls"
        raise MeasurementError(what, cause="configuration", fix="give it what it looks up as an argument or a file, or name the part that computes")


def _read(wanted: Mapping[str, Any], heard: Heard) -> Search:
    findings = {one["law"]: _finding(one["finding"]) for one in heard.said if "law" in one}
    progress = heard.last("progress") or {"examples": 0, "seconds": 0.0, "trouble": []}
    stopped, batch = "", None
    if (hangs := heard.last("hangs")) is not None:
        last = next(one for one in reversed(heard.said) if "hangs" in one)
        stopped, batch = f"did not come back from one call within {last['seconds']:.0f} s", hangs
    elif heard.ended != "done":
        stopped, batch = heard.how, heard.last("trying")
    example = None if batch is None else Counterexample.read({**batch, "why": f"it {stopped}", "kept_from": "the process cannot be asked again"})
    return Search(
        findings,
        progress["examples"],
        wanted["examples"],
        progress["seconds"],
        heard.last("subject") or wanted["of"],
        tuple(progress["trouble"]),
        stopped,
        example,
        notes=heard.printed,
    )


def _finding(said: Mapping[str, Any]) -> LawFinding:
    example = None if said["example"] is None else Counterexample.read(said["example"])
    return LawFinding(said["tried"], said["broken"], said["silent"], said["mute"], example=example)


def _with_second(search: Search, heard: Heard, laws: Sequence[str]) -> Search:
    """With what the second process found: it speaks where the first found nothing."""
    findings = dict(search.findings)
    said = {one["law"]: one for one in heard.said if "law" in one}
    for name in laws:
        own, other = findings[name], said.get(name)
        if other is None or own.broken:
            continue
        example = None if other["example"] is None else Counterexample.read(other["example"])
        findings[name] = replace(own, again=other["tried"], broken=int(example is not None), example=example)
    return replace(search, findings=findings, second="" if heard.ended == "done" else heard.how)
