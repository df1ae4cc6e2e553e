"""The parameters of metrics, which a check states as keys: each fits only the metrics that declare it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from mlgate.core.bound import CellLiteral, RealNumber
from mlgate.core.registry import entries, load

CostMatrix = dict[Literal["TP", "TN", "FP", "FN"], RealNumber] | dict[CellLiteral, dict[CellLiteral, RealNumber]]
KEYS = ("k", "quantile", "limit", "cost", "loss", "query")
NOTHING: Mapping[str, Any] = {}
_WRITE: Mapping[str, str] = {
    "k": "k: 10",
    "quantile": "quantile: 0.9",
    "limit": "limit: 15",
    "cost": "cost: {FN: 5, FP: 1}",
    "loss": 'loss: "abs(prediction - actual)"',
    "query": "query: <column>",
}


def check_parameters(metric: str, given: Mapping[str, Any]) -> None:
    """Raises `ValueError` for a key that the metric does not take, for one that it lacks, and for costs that are no numbers."""
    if metric not in entries("metrics") and ":" not in metric:
        return  # an unknown metric is a fault of its own
    taken, optional = _taken(metric)
    for key in given:
        if key not in taken:
            raise ValueError(f"{key}: {metric} takes {' and '.join(taken) or 'no such key'}")
    for key in taken:
        if key not in given and key not in optional:
            raise ValueError(f"{metric} needs {key}: write {_WRITE.get(key, f'{key}: ..')}")
    if "cost" in given:
        amounts = list(_amounts(given["cost"]))
        if not amounts or not all(math.isfinite(amount) for amount in amounts):
            raise ValueError("costs are finite numbers: write {FN: 5, FP: 1}, or {<label>: {<prediction>: cost}}")
    if not math.isfinite(given.get("limit", 0)):
        raise ValueError("limit is a finite number")


def parameters(metric: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the metric is made with."""
    return {name: given[name] for name in load("metrics", metric).takes if name in given}


def told(metric: str, given: Mapping[str, Any]) -> str:
    """The metric with its parameters, in words."""
    stated = [f"{key} {given[key]:g}" for key in ("k", "quantile", "limit") if key in given]
    return f"{metric} ({', '.join(stated)})" if stated else metric


def needs_more(metric: str) -> str:
    """What a registered metric needs besides one answer of a model, in words; empty where nothing."""
    if metric not in entries("metrics"):
        return ""
    taken, optional = _taken(metric)
    scores = ["score_<class>"] if load("metrics", metric).needs == "scores" else []
    return " and ".join((*(key for key in taken if key not in optional), *scores))


def _taken(metric: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The keys that a metric takes, and those of them that may be left out; a function of the user's takes none."""
    if ":" in metric:
        return (), frozenset()
    found = load("metrics", metric)
    more = [key for key, wanted in (("query", found.per_query), ("loss", found.needs == "loss")) if wanted]
    return (*found.takes, *more), frozenset(found.optional)


def _amounts(cost: Mapping[Any, Any]) -> Iterator[float]:
    for value in cost.values():
        if isinstance(value, Mapping):
            yield from value.values()
        else:
            yield value
