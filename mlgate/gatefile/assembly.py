"""Makes a gate of what a gate file or a Python gate says, or raises all its faults at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.core.check import Check, item_ids
from mlgate.core.gate import Gate, Policy
from mlgate.gatefile.faults import Faults, nearest, one_of, shown
from mlgate.gatefile.references import check_references
from mlgate.gatefile.sections import BROKEN_KIND, Surroundings, read_checks, read_datasets, read_models, read_policy, read_waivers

SECTIONS = ("policy", "datasets", "models", "checks", "waivers")


def assemble(data: Mapping[str, Any], around: Surroundings, digest: str, lines: Mapping[int, int], faults: Faults) -> Gate:
    """The gate that the sections in `data` describe. `lines` maps positions of checks to lines.

    Raises `GateFileError` with everything that is wrong, what `faults` already holds included.
    """
    policy = read_policy(data.get("policy"), faults)
    datasets = read_datasets(data.get("datasets"), around, faults)
    models = read_models(data.get("models"), around, faults)
    checks = read_checks(data.get("checks"), faults)
    waivers = read_waivers(data.get("waivers"), faults)
    written = data.get("checks")
    raw = list(written) if isinstance(written, Sequence) and not isinstance(written, str) else []
    if "checks" not in data or written == []:
        faults.add(("checks",) if "checks" in data else (), "a gate without checks", fix="add `checks:` with at least one check")
    check_references(data, faults)
    _check_ids(raw, lines, faults)
    items = _check_items(checks, faults)
    _check_waivers(data.get("waivers"), raw, items, faults)
    _check_primary(policy, raw, faults)
    faults.raise_any()
    by_id = {check.id: lines[index] for index, check in checks.items() if index in lines}
    return Gate(faults.path, str(around.folder), digest, policy, datasets, models, tuple(checks.values()), waivers, by_id)


def id_of(check: Any) -> str | None:
    """The id of a check as written, None where it has none."""
    found = check.id if isinstance(check, Check) else check.get("id") if isinstance(check, Mapping) else None
    return found if isinstance(found, str) else None


def _check_ids(raw: Sequence[Any], lines: Mapping[int, int], faults: Faults) -> None:
    first: dict[str, int] = {}
    for index, check in enumerate(raw):
        name = id_of(check)
        if name is not None and first.setdefault(name, index) != index:
            place = f" (first at line {lines[first[name]]})" if first[name] in lines else ""
            faults.add(("checks", index, "id"), f"duplicate id {name!r}{place}", fix="ids are unique in a gate: JUnit history hangs on them")


def _check_items(checks: Mapping[int, Check], faults: Faults) -> dict[str, str]:
    """Item ids with the check each belongs to."""
    items: dict[str, str] = {}
    for index, check in checks.items():
        at = ("checks", index)
        try:
            own = item_ids(check)
        except BROKEN_KIND as error:
            faults.add(at, f"kind {check.kind!r} failed to list its items: {type(error).__name__}: {error}")
            continue
        if not own:
            faults.add(at, "the check states nothing: it has no items", fix="say what must hold, or delete the check")
        for item in own:
            owner = items.setdefault(item, check.id)
            if owner != check.id:
                faults.add((*at, "id"), f"item id {item!r} is also an item of check {owner!r}", fix="give one of the two checks another id")
        for item in sorted(item for item, count in Counter(own).items() if count > 1):
            fix = "other characters than letters and digits became `_`: rename one of them, or write two checks"
            faults.add(at, f"two items of the check have the id {item!r}", fix=fix)
    return items


def _check_waivers(written: Any, raw: Sequence[Any], items: Mapping[str, str], faults: Faults) -> None:
    ids = [name for name in map(id_of, raw) if name is not None]
    whole = set(items.values())
    broken = tuple(f"{name}." for name in ids if name not in whole)  # their items are not known
    names = list(dict.fromkeys([*ids, *items]))
    for index, waiver in enumerate(written if isinstance(written, (list, tuple)) else ()):
        name = waiver.get("check") if isinstance(waiver, Mapping) else getattr(waiver, "check", None)
        if isinstance(name, str) and name not in names and not name.startswith(broken):
            near = nearest(name, names)
            fix = f"did you mean {near!r}?" if near else "delete the waiver, or name a check"
            expected = one_of(names[:40]) if names else "the id of a check"
            faults.add(("waivers", index, "check"), "the waiver names no check and no item", got=shown(name), expected=expected, fix=fix)


def _check_primary(policy: Policy, raw: Sequence[Any], faults: Faults) -> None:
    compares = [check for check in raw if _word(check, "kind") == "compare"]
    if policy.mode == "prove" and len(compares) > 1 and not any(_word(check, "primary") is True for check in raw):
        fix = "add `primary: true` to the compare check that decides"
        faults.add(("policy", "mode"), f"mode prove needs a primary check: there are {len(compares)} compare checks and none is primary", fix=fix)
    for index, check in enumerate(raw):
        decides = _word(check, "primary") is True or len(compares) == 1
        if policy.mode == "prove" and check in compares and decides and _word(check, "no_worse_by") == 0:
            what = "in mode prove a margin of 0 asks to show that the candidate is better: one that is as good never passes"
            fix = "give a margin above 0, or say what you mean with `better_by: 0`"
            faults.add(("checks", index, "no_worse_by"), what, fix=fix)


def _word(check: Any, key: str) -> Any:
    return check.get(key) if isinstance(check, Mapping) else getattr(check, key, None)
