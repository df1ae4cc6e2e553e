"""Checks that every name in a gate is declared: datasets, models, metrics, distances, engines, waived checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from mlgate.core.gate import Model
from mlgate.gatefile.annotations import references, written
from mlgate.gatefile.faults import Faults
from mlgate.gatefile.sections import CALLABLE, kind_of, names_of
from mlgate.gatefile.trail import Trail

_PLUGINS = {"metric": "A plugin may add metrics: docs/extend.md", "distance": "A plugin may add distances: docs/extend.md"}


def check_references(data: Mapping[str, Any], faults: Faults) -> None:
    """Adds a fault for every name that nothing declares, also in checks that have other faults."""
    known = _declared(data, faults)
    for cls, one, at in _users_of_names(data):
        for trail, name, targets in references(cls, written(one) if isinstance(one, BaseModel) else one, at):
            words = [known[target] for target in targets if target in known]
            if len(words) < len(targets) or any(name in allowed for allowed in words):
                continue
            if "metric" in targets and CALLABLE.fullmatch(name):
                continue
            more = " ".join(_PLUGINS[target] for target in targets if target in _PLUGINS)
            faults.unknown(trail, " or ".join(targets), name, [word for allowed in words for word in allowed], more=more)
    _check_engines(data.get("datasets"), faults)
    _check_clashes(data.get("datasets"), data.get("models"), faults)


def _users_of_names(data: Mapping[str, Any]) -> Iterable[tuple[type[BaseModel], Any, Trail]]:
    models = data.get("models")
    for name, model in models.items() if isinstance(models, Mapping) else ():
        if isinstance(model, (Mapping, Model)):
            yield Model, model, ("models", name)
    checks = data.get("checks")
    for index, check in enumerate(checks if isinstance(checks, Sequence) and not isinstance(checks, str) else ()):
        cls = kind_of(check)
        if cls is not None:
            yield cls, check, ("checks", index)


def _declared(data: Mapping[str, Any], faults: Faults) -> dict[str, list[str]]:
    """The names that may be referred to. A section that is not a mapping has its own fault, and no references are checked against it."""
    known: dict[str, list[str]] = {}
    for word in ("dataset", "model"):
        section = data.get(f"{word}s", {})
        if isinstance(section, Mapping):
            known[word] = [str(name) for name in section]
    known["metric"] = names_of("metrics", faults)
    known["distance"] = names_of("distances", faults)
    return known


def _check_engines(datasets: Any, faults: Faults) -> None:
    for name, dataset in datasets.items() if isinstance(datasets, Mapping) else ():
        engine = dataset.get("engine") if isinstance(dataset, Mapping) else None
        if isinstance(engine, str) and engine not in (engines := names_of("engines", faults)):
            faults.unknown(("datasets", name, "engine"), "engine", engine, engines, more="A plugin may add engines: docs/extend.md")


def _check_clashes(datasets: Any, models: Any, faults: Faults) -> None:
    if isinstance(datasets, Mapping) and isinstance(models, Mapping):
        for name in models:
            if name in datasets:
                what = f"{name!r} names a dataset and a model"
                faults.add(("models", name), what, fix="rename one of the two: `of` must mean one of them", on_key=True)
