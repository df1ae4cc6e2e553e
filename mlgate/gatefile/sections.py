"""The sections of a gate as typed specs: policy, datasets, models, waivers, checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mlgate.core import registry
from mlgate.core.check import Check
from mlgate.core.errors import MlgateError, PluginError
from mlgate.core.gate import Dataset, Model, Policy, Waiver
from mlgate.gatefile.coercions import bent, bent_fields, unbent
from mlgate.gatefile.faults import Faults, shown
from mlgate.gatefile.locations import LOCATIONS, fill, resolve
from mlgate.gatefile.trail import Trail
from mlgate.gatefile.translate import report

# what a bug in a kind, or a library that it misses, may raise: a fault of the check, never a traceback
BROKEN_KIND = (ArithmeticError, AttributeError, ImportError, LookupError, MlgateError, RuntimeError, TypeError, ValueError)
_NAME = re.compile(r"[A-Za-z0-9_.\-]+")
CALLABLE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class Surroundings:
    """What paths are resolved against, and where `${NAME}` comes from."""

    folder: Path
    env: Mapping[str, str]


def read_policy(data: Any, faults: Faults) -> Policy:
    """The policy; the default one where the section is missing or has faults."""
    return Policy() if data is None else _spec(Policy, data, ("policy",), faults) or Policy()


def read_datasets(data: Any, around: Surroundings, faults: Faults) -> dict[str, Dataset]:
    """The sound datasets by name."""
    return _named(Dataset, data, "datasets", around, faults)


def read_models(data: Any, around: Surroundings, faults: Faults) -> dict[str, Model]:
    """The sound models by name."""
    return _named(Model, data, "models", around, faults)


def read_waivers(data: Any, faults: Faults) -> tuple[Waiver, ...]:
    """The sound waivers."""
    specs = (_spec(Waiver, one, ("waivers", index), faults) for index, one in enumerate(_listed(data, "waivers", faults)))
    return tuple(spec for spec in specs if spec)


def read_checks(data: Any, faults: Faults) -> dict[int, Check]:
    """The sound checks by their position in the list."""
    read = {index: _check(one, ("checks", index), faults) for index, one in enumerate(_listed(data, "checks", faults))}
    return {index: check for index, check in read.items() if check}


def kind_of(data: Any) -> type[Check] | None:
    """The class of a check as written, None where it names none."""
    if isinstance(data, Check):
        return type(data)
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(kind, str):
        return None
    try:
        found: type[Check] = registry.load("checks", kind)
    except (KeyError, PluginError):
        return None
    return found


def names_of(group: registry.Group, faults: Faults) -> list[str]:
    """The registered names of a group; a plugin that breaks the registry is a fault of the gate."""
    try:
        return list(registry.entries(group))
    except PluginError as error:
        faults.add((), str(error), fix="uninstall or repair the plugin")
        return []


def _check(data: Any, at: Trail, faults: Faults) -> Check | None:
    if isinstance(data, Check):
        return data
    if not isinstance(data, Mapping):
        faults.add(at, "wrong type", got=shown(data), expected="a check: a mapping with id and kind")
        return None
    if "kind" not in data:
        faults.add(at, "'kind' is missing", fix="add `kind: ...`", expected=f"one of {', '.join(names_of('checks', faults))}")
        return None
    kinds = names_of("checks", faults)
    if data["kind"] not in kinds:
        faults.unknown((*at, "kind"), "kind", data["kind"], kinds, more="A plugin may add kinds: docs/extend.md")
        return None
    try:
        cls = registry.load("checks", data["kind"])
    except PluginError as error:
        faults.add((*at, "kind"), str(error), fix="uninstall or repair the plugin")
        return None
    return _spec(cls, {key: value for key, value in data.items() if key != "kind"}, at, faults)


def _named(cls: type[S], data: Any, section: str, around: Surroundings, faults: Faults) -> dict[str, S]:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        faults.add((section,), "wrong type", got=shown(data), expected=f"a mapping from the names of {section} to what they are")
        return {}
    specs: dict[str, S] = {}
    for name, one in data.items():
        at = (section, name)
        if not (isinstance(name, str) and _NAME.fullmatch(name)):
            fix = "" if isinstance(name, str) else "put it in quotes"
            faults.add(at, "wrong name", got=shown(name), expected="letters, digits, `_`, `.` and `-`", fix=fix, on_key=True)
        spec = _spec(cls, one, at, faults, located=_located(one, at, around, faults))
        if spec is not None:
            specs[str(name)] = spec
    return specs


def _located(data: Any, at: Trail, around: Surroundings, faults: Faults) -> Any:
    """The data of a dataset or model with its locations made absolute; objects of a Python gate are looked at, not changed."""
    if not isinstance(data, Mapping):
        return data
    located = dict(data)
    for key, value in data.items():
        try:
            if isinstance(value, str) and key in LOCATIONS:
                located[key] = resolve(str(key), fill(value, around.env), around.folder)
        except ValueError as error:
            faults.add((*at, key), str(error), got=shown(value), fix=getattr(error, "fix", ""))
        if key in {"frame", "callable"}:
            _look_at_object(value, (*at, key), faults)
    return located


def _look_at_object(value: Any, at: Trail, faults: Faults) -> None:
    if isinstance(value, str):
        if not CALLABLE.fullmatch(value):
            faults.add(at, "not the name of a function", got=shown(value), expected="package.module:function")
    elif isinstance(value, (int, float, list, tuple, dict)):
        faults.add(at, "wrong type", got=shown(value), expected="package.module:function")
    elif hasattr(value, "__next__") or hasattr(value, "read_next_batch"):
        fix = "read it into a table first (`reader.read_all()`, `list(...)`)"
        faults.add(at, "an iterator is empty after the first scan", got=shown(value), expected="a pandas, polars or Arrow frame", fix=fix)


def _listed(data: Any, section: str, faults: Faults) -> Iterable[Any]:
    if data is None:
        return ()
    if not isinstance(data, Sequence) or isinstance(data, str):
        faults.add((section,), "wrong type", got=shown(data), expected="a list")
        return ()
    return data


def _spec(cls: type[S], data: Any, at: Trail, faults: Faults, *, located: Any = None) -> S | None:
    """`data` as `cls`, None after faults. `located` is the same data with its locations resolved."""
    if isinstance(data, cls):
        return data
    if not isinstance(data, Mapping):
        faults.add(at, "wrong type", got=shown(data), expected="a mapping")
        return None
    try:
        spec = cls.model_validate(data if located is None else located)
    except ValidationError as error:
        report(error, cls, data, at, faults)
        found = bent_fields(cls, data, {str(one["loc"][0]) for one in error.errors(include_url=False) if one["loc"]})
        _report_bent(found, at, faults)
        return None
    except BROKEN_KIND as error:
        faults.add(at, f"{cls.__name__} failed on this: {type(error).__name__}: {error}", fix="report it to whoever maintains the kind")
        return None
    _report_bent(bent(spec, data), at, faults)
    return spec


def _report_bent(found: Iterable[tuple[Trail, Any, str]], at: Trail, faults: Faults) -> None:
    for trail, got, expected in found:
        faults.add((*at, *trail), "wrong type", got=shown(got), expected=expected, fix=unbent(got, expected))
