"""Two transformations on the same rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.adapters.probes._child import Heard, Job, run
from mlgate.checks.skew._transform_findings import Finding, RowsFinding, SearchFinding, is_url, told
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Probe

_TASK = "mlgate.adapters.probes._transform_tasks:tried"
_START_S = 120.0  # importing pandas, hypothesis and the code of the user, on a slow machine


class TransformParityProbe:
    """Runs two transformations on rows in a process of its own.

    `args` are the check's words as JSON, its inputs the rows to compare and those to search by. The answer has for each law (`rows`, `search`,
    `row_by_row`) a `RowsFinding`, a `SearchFinding`, or the error that stopped it. A law on which a side hangs or dies leaves the others their
    answers: they are tried in a new process.
    """

    marks_values = True

    def answer(self, probe: Probe, frames: Sequence[Any]) -> Mapping[str, Finding | MeasurementError]:
        """Raises `MeasurementError` for code that cannot be imported, and for a description that no rows satisfy."""
        asked = json.loads(str(probe.args[0]))
        whole, seeds = (frames[0], frames[-1]) if frames else (None, None)
        network = any(is_url(asked[side]) for side in ("of", "against"))
        left, found = list(asked["laws"]), dict[str, Finding | MeasurementError]()
        while left:
            seconds = _START_S + sum(asked["timeout"] if law == "rows" else 2.5 * asked["seconds"] for law in left)
            heard = run(Job(_TASK, {"asked": asked, "laws": tuple(left), "rows": whole, "seeds": seeds}, seconds, network=network))
            for one in heard.said:
                found[one["law"]] = _finding(one)
            left = [law for law in left if law not in found]
            if left and heard.ended != "done":
                found[left[0]] = _unfinished(asked, left[0], heard)
            if heard.refused:
                return dict.fromkeys(asked["laws"], _called_home(asked, heard))
            left = [law for law in left if law not in found]
        return found


def _finding(said: Mapping[str, Any]) -> Finding | MeasurementError:
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said["found"].items()}
    if "error" in plain:
        return MeasurementError(plain["error"], cause=plain["cause"], fix=plain["fix"])
    if said["law"] != "rows":
        return SearchFinding(**plain)
    return RowsFinding(**{**plain, "columns": tuple((name, count) for name, count in plain.get("columns", ()))})


def _unfinished(asked: Mapping[str, Any], law: str, heard: Heard) -> MeasurementError:
    what = f"{told(asked['of'])} and {told(asked['against'])}, on {'the rows' if law == 'rows' else 'made-up rows'}: the process {heard.how}"
    return MeasurementError("\n".join([what, *heard.printed]), cause="infrastructure", fix="call both by hand on a few rows")


def _called_home(asked: Mapping[str, Any], heard: Heard) -> MeasurementError:
    what = f"{asked['of']} or {asked['against']} tried to connect to {', '.join(heard.refused)}"
    fix = "hand over what they look up (a table in a file, an object made at import), or test the part that computes"
    return MeasurementError(what, cause="configuration", fix=fix)
