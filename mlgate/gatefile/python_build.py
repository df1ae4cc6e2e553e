"""Runs a Python gate's function and checks what it yields."""

from __future__ import annotations

import hashlib
import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

from pydantic import BaseModel, ValidationError

from mlgate.core.check import Check
from mlgate.core.gate import Dataset, Gate
from mlgate.gatefile.annotations import written
from mlgate.gatefile.assembly import assemble
from mlgate.gatefile.faults import Faults, shown
from mlgate.gatefile.loader import displayed
from mlgate.gatefile.locations import folder_of
from mlgate.gatefile.sections import Surroundings
from mlgate.gatefile.trail import Trail
from mlgate.gatefile.translate import report


def build_gate(function: Callable[[], Any], sections: Mapping[str, Any], *, env: Mapping[str, str] | None, shown_as: str) -> Gate:
    """The gate of a marked function. See `python_gate.build`."""
    code = _code_of(function)
    path = Path(code.co_filename)
    lines: dict[int, int] = {}

    def locate(trail: Trail, _on_key: bool) -> tuple[int, int]:
        index = trail[1] if len(trail) > 1 and trail[0] == "checks" else None
        return lines.get(index, code.co_firstlineno) if isinstance(index, int) else code.co_firstlineno, 1

    faults = Faults(shown_as or displayed(path), locate)
    data: dict[str, Any] = {name: _plain(section) for name, section in sections.items()}
    if "datasets" in data:
        data["datasets"] = _frames_wrapped(data["datasets"])
    data["checks"] = _yielded(function, code, lines, faults)
    around = Surroundings(folder_of(path), os.environ if env is None else env)
    return assemble(data, around, f"sha256:{_digest(path)}", lines, faults)


def _yielded(function: Callable[[], Any], code: CodeType, lines: dict[int, int], faults: Faults) -> list[Any]:
    """What the function yields, noting the line of each `yield`."""
    checks: list[Any] = []
    asked = [name for name, parameter in inspect.signature(function).parameters.items() if parameter.default is inspect.Parameter.empty]
    if asked:
        fix = "declare datasets and models in the decorator"
        faults.add((), f"a gate function takes no arguments, fixtures included: {', '.join(asked)}", fix=fix)
        faults.raise_any()
    try:
        found = function()
        if not isinstance(found, Iterable):
            faults.add((), "the gate function gives no checks", got=shown(found), expected="a function that yields checks")
            return checks
        for one in found:
            frame = getattr(found, "gi_frame", None)
            lines[len(checks)] = frame.f_lineno if frame is not None and frame.f_code is code else code.co_firstlineno
            if not isinstance(one, Check):
                faults.add(("checks", len(checks)), "not a check", got=shown(one), expected="an object of a kind, such as mlgate.checks.Rows(...)")
                faults.close(("checks", len(checks)))
            checks.append(one if isinstance(one, Check) else None)
    except ValidationError as error:
        _report_constructor(error, code, lines, len(checks), faults)
    return checks


def _report_constructor(error: ValidationError, code: CodeType, lines: dict[int, int], index: int, faults: Faults) -> None:
    """The faults of a check whose constructor refused its arguments; pydantic's frame in the traceback still holds them."""
    cls: type[BaseModel] | None = None
    data: Any = None
    step: TracebackType | None = error.__traceback__
    while step is not None:
        frame = step.tb_frame
        if frame.f_code is code:
            lines[index] = step.tb_lineno
        if frame.f_code is BaseModel.__init__.__code__:
            cls, data = type(frame.f_locals["self"]), frame.f_locals.get("data", {})
        step = step.tb_next
    if cls is None:  # validated by other means than a constructor
        raise error
    report(error, cls, data, ("checks", index), faults)


def _frames_wrapped(datasets: Any) -> Any:
    """Frames given as they are become `frame: ...` of a dataset."""
    if not isinstance(datasets, Mapping):
        return datasets
    return {
        name: _plain(one) if isinstance(one, (Dataset, Mapping)) or one is None or isinstance(one, (str, int, float)) else {"frame": one}
        for name, one in datasets.items()
    }


def _plain(section: Any) -> Any:
    """A spec object as the mapping a gate file would hold, so that both go the same way."""
    if isinstance(section, BaseModel):
        return written(section)
    if isinstance(section, Mapping):
        return {key: written(one) if isinstance(one, BaseModel) else one for key, one in section.items()}
    if isinstance(section, (list, tuple)):
        return [written(one) if isinstance(one, BaseModel) else one for one in section]
    return section


def _code_of(function: Callable[[], Any]) -> CodeType:
    code: CodeType = inspect.unwrap(function).__code__
    return code


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # typed at a prompt
        return hashlib.sha256(str(path).encode()).hexdigest()
