"""What a session leaves for the decision: which items were declared, which were reported and with what outcome, in one canonical JSON document."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mlgate.core.codec import to_plain
from mlgate.core.result import RunResult

SCHEMA = 1
Result = Literal["passed", "failed", "error", "skipped"]


@dataclass(frozen=True)
class GateFacts:
    """One gate as it was collected: `key` is its node id, `declared` the ids of all its items, `inputs` fingerprints of what was measured."""

    key: str
    digest: str
    mode: str
    declared: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ItemFacts:
    """One reported item. `result` is what pytest counted; `properties` are the item's own, as in JUnit."""

    gate: str
    item: str
    result: Result
    properties: tuple[tuple[str, str], ...]

    @property
    def nodeid(self) -> str:
        return f"{self.gate}::{self.item}"

    def get(self, name: str) -> str:
        """A property by its name without the prefix, "" where absent."""
        return dict(self.properties).get(f"mlgate.{name}", "")


@dataclass(frozen=True)
class Evidence:
    """The facts of one session (or of one shard). `narrowed` says why the session cannot have seen all items, whatever was reported.

    `collect_errors` are nodes that could not be collected, broken gate files among them; `outside_failed` and `outside_errors` tests that are no
    gate items; `created` is an ISO time in UTC.
    """

    version: str
    created: str
    gates: tuple[GateFacts, ...]
    items: tuple[ItemFacts, ...]
    collect_errors: tuple[str, ...] = ()
    outside_failed: tuple[str, ...] = ()
    outside_errors: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = ()

    @property
    def declared(self) -> tuple[str, ...]:
        return tuple(f"{gate.key}::{item}" for gate in self.gates for item in gate.declared)

    @property
    def complete(self) -> bool:
        """Every declared item was reported once, and nothing stood in the way of collecting all of them."""
        reported = sorted(item.nodeid for item in self.items)
        return bool(self.gates) and reported == sorted(self.declared) and not (self.collect_errors or self.outside_errors or self.narrowed)

    @property
    def declared_digest(self) -> str:
        """Equal for all shards of one set of gates."""
        return digest([[gate.key, gate.digest, sorted(gate.declared)] for gate in sorted(self.gates, key=lambda gate: gate.key)])

    @property
    def items_digest(self) -> str:
        """Over what every item reported; the same from the evidence file and from JUnit, and independent of order."""
        return digest(sorted([item.gate, item.item, item.result, sorted(map(list, item.properties))] for item in self.items))


def canonical(plain: Any) -> str:
    """One text per value: sorted keys, no spaces, floats by `repr`, infinities and NaN as strings (JSON has none), ASCII only."""
    return json.dumps(_finite(plain), sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(plain: Any) -> str:
    """The sha256 of the canonical text."""
    return "sha256:" + hashlib.sha256(canonical(plain).encode()).hexdigest()


def document(evidence: Evidence, results: Mapping[str, RunResult]) -> dict[str, Any]:
    """The JSON document: the facts, every `RunResult` in full by gate, and a digest over all of it."""
    facts = to_plain(evidence)
    content = {
        "schema": SCHEMA,
        **facts,
        "complete": evidence.complete,
        "declared_digest": evidence.declared_digest,
        "items_digest": evidence.items_digest,
        "results": {key: to_plain(result) for key, result in results.items()},
    }
    plain = _finite(content)
    return {**plain, "digest": digest(plain)}


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
