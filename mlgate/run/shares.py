"""Alpha: how the chance of blocking a good candidate is shared among the items of a gate file.

Shares are fixed by what the file declares, not by what ran and never by another item's data: weighted Bonferroni over groups
(primary 0.5, other sampled checks 0.2, slices 0.3; absent groups give their part to the rest). Whether a session blocks is decided by the
smallest weighted p, where weighted Bonferroni and weighted Holm (1979) agree, so nothing is lost for the decision. Drift spends an
alpha of its own: it is another decision with another owner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mlgate.core.check import Check, Item, item_ids
from mlgate.core.gate import Gate

WEIGHTS = {"primary": 0.5, "other": 0.2, "slice": 0.3}


@dataclass(frozen=True)
class Declared:
    """One item as the gate file declares it. `share` is its part of alpha, None where nothing is sampled."""

    id: str
    part: str
    check: Check
    item: Item
    primary: bool
    share: float | None = None


def primaries(gate: Gate) -> frozenset[str]:
    """Ids of the primary checks: those marked, else the only `compare` of the file."""
    marked = frozenset(check.id for check in gate.checks if check.primary)
    compares = [check.id for check in gate.checks if check.compared]
    return marked or frozenset(compares if len(compares) == 1 else ())


def _group(declared: Declared) -> str | None:
    check = declared.check
    if _claims_of(declared.item) or not check.takes_alpha or not getattr(declared.item, "takes_alpha", True):
        return None
    if check.drift_kind:
        return "drift"
    if declared.primary:
        return "primary"
    return "slice" if declared.part and check.family == "baseline" else "other"


def declare(gate: Gate) -> tuple[Declared, ...]:
    """All items of a gate in file order, each with its share of alpha."""
    first = primaries(gate)
    items = [
        Declared(item_id, part, check, item, primary=check.id in first and (not part or _claims_of(item) > 0))
        for check in gate.checks
        for item_id, (part, item) in zip(item_ids(check), check.parts(), strict=True)
    ]
    sizes: dict[str, int] = {}
    for item in items:
        if (group := _group(item)) is not None:
            sizes[group] = sizes.get(group, 0) + 1
    shared = [_with_share(item, sizes, gate.policy.alpha) for item in items]
    whole = {item.check.id: item.share for item in shared if not item.part}
    return tuple(_with_part(item, whole.get(item.check.id)) for item in shared)


def _claims_of(item: Item) -> int:
    """Of how many claims of its check's own item this one is judged apart: it takes that part of that item's share; 0 for others."""
    return int(getattr(item, "one_of_claims", 0))


def _with_part(declared: Declared, whole: float | None) -> Declared:
    count = _claims_of(declared.item)
    return replace(declared, share=whole / count) if count and whole is not None else declared


def _with_share(declared: Declared, sizes: Mapping[str, int], alpha: float) -> Declared:
    group = _group(declared)
    if group is None:
        return declared
    present = sum(weight for name, weight in WEIGHTS.items() if name in sizes)
    weight = 1.0 if group == "drift" else WEIGHTS[group] / present
    return replace(declared, share=alpha * weight / sizes[group])


def policy_warnings(gate: Gate) -> tuple[str, ...]:
    """What a careful colleague would say about the file's policy, as sentences."""
    compares = [check for check in gate.checks if check.compared]
    said = []
    if len(compares) > 1 and not primaries(gate):
        said.append("several compare checks and none is primary: mark the one that decides with `primary: true`; until then all are judged strictly")
    if moving := _moving_without_anchor(gate, compares):
        said.append(
            f"compare against the moving alias {moving} has no anchor: many tolerated small losses add up; "
            "add a compare against a pinned model or predictions file"
        )
    return tuple(said)


def _moving_without_anchor(gate: Gate, compares: Sequence[Check]) -> str:
    against = {check.compared[1] for check in compares if check.compared} & set(gate.models)
    moving = sorted(name for name in against if _is_moving(gate.models[name].artifact or ""))
    return ", ".join(moving) if moving and len(moving) == len(against) else ""


def _is_moving(artifact: str) -> bool:
    """Whether a registry may give another model for it tomorrow: an alias, a stage, the latest one, and neither a version nor a model id."""
    if not artifact.startswith("models:/"):
        return False
    _, _, last = artifact.removeprefix("models:/").lstrip("/").rpartition("/")
    return "@" in last or not (last.isdigit() or last.startswith("m-"))
