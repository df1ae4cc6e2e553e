"""What differs between the columns that were expected and those that came, each difference as a sentence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from mlgate.checks._wording import listed
from mlgate.core.column_names import difference, skeleton, told, visible
from mlgate.core.table_schema import NUMERIC, TypeName

TypeWord = Literal[TypeName, "number"]
Types = Mapping[str, TypeWord | None]
_SIMILAR = 0.6
_COMPARED = 40_000  # pairs of names; of more, only those in the same place are compared
_WIDER = {("integer", "float"), ("integer", "decimal"), ("decimal", "float"), ("date", "timestamp"), ("boolean", "integer"), ("boolean", "float")}


@dataclass(frozen=True)
class Difference:
    """`problems` are sentences, one per problem; `extra` the further columns, whether or not they are a problem."""

    problems: tuple[str, ...]
    extra: tuple[str, ...]


def fits(word: TypeWord | None, found: str) -> bool:
    """Whether a column of type `found` is what `word` asks for; None asks for nothing."""
    return word is None or word == found or (word == "number" and found in NUMERIC)


def differences(expected: Types, got: Types, *, ordered: bool, extra: bool) -> Difference:
    """All problems: missing, look-alike, renamed, retyped, with `extra` the further columns, with `ordered` the order."""
    missing = [name for name in expected if name not in got]
    further = [name for name in got if name not in expected]
    alike = _look_alikes(missing, further)
    renamed = _renames(expected, got, [name for name in missing if name not in alike], [name for name in further if name not in alike.values()])
    problems = [_absent(name, alike.get(name), renamed.get(name), expected, got) for name in missing]
    problems += [_retyped(told(name), word, str(got[name])) for name, word in expected.items() if name in got and not fits(word, str(got[name]))]
    taken = {*renamed.values(), *alike.values()}
    left = tuple(name for name in further if name not in taken)
    if extra:
        problems += [f"{told(name)} is extra ({got[name]})" for name in left]
    if ordered:
        problems += _disorder(expected, got)
    return Difference(tuple(problems), tuple(map(told, left)))


def _absent(name: str, alike: str | None, renamed: str | None, expected: Types, got: Types) -> str:
    if alike is not None:
        retyped = "" if fits(expected[name], str(got[alike])) else f"; besides, {_retyped('it', expected[name], str(got[alike]))}"
        return f"{told(name)} is missing and {visible(alike)} is new: {difference(name, alike)}{retyped}"
    if renamed is not None:
        return f"{told(name)} is missing and {told(renamed)} is new, of a fitting type and {_alike(name, renamed)}: was it renamed?"
    return f"{told(name)} is missing"


def _retyped(name: str, word: TypeWord | None, found: str) -> str:
    """Both types, and whether the new one holds every value of the old one."""
    change = "widened" if (str(word), found) in _WIDER else "narrowed" if (found, str(word)) in _WIDER else ""
    return f"{name} is retyped: {found}, expected {word}{f' ({change} from {word} to {found})' if change else ''}"


def _look_alikes(missing: list[str], further: list[str]) -> dict[str, str]:
    """Each missing column with the new one whose name looks the same, whatever its type."""
    seen: dict[str, list[str]] = {}
    for name in further:
        seen.setdefault(skeleton(name), []).append(name)
    found: dict[str, str] = {}
    for name in missing:
        if others := seen.get(skeleton(name)):
            found[name] = others.pop(0)
    return found


def _renames(expected: Types, got: Types, missing: list[str], further: list[str]) -> dict[str, str]:
    """Each missing column with the new one it most likely became: similar names first, then the same place."""
    places, own_places = {name: place for place, name in enumerate(got)}, {name: place for place, name in enumerate(expected)}
    by_place = {places[name]: name for name in further}
    few = len(missing) * len(further) <= _COMPARED
    pairs = []
    for old in missing:
        for new in further if few else filter(None, (by_place.get(own_places[old]),)):
            same_place = places[new] == own_places[old]
            alike = _similarity(old, new)
            if fits(expected[old], str(got[new])) and (alike >= _SIMILAR or same_place):
                pairs.append((-alike, not same_place, old, new))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, old, new in sorted(pairs):
        if old not in found and new not in taken:
            found[old] = new
            taken.add(new)
    return found


def _similarity(one: str, other: str) -> float:
    return float(SequenceMatcher(None, _letters(one), _letters(other)).ratio())


def _letters(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _alike(old: str, new: str) -> str:
    return "with a similar name" if _similarity(old, new) >= _SIMILAR else "in the same place"


def _disorder(expected: Types, got: Types) -> list[str]:
    want, have = [name for name in expected if name in got], [name for name in got if name in expected]
    if want == have:
        return []
    own, places = ({name: place for place, name in enumerate(names)} for names in (want, have))
    still = set(_longest_rising([own[name] for name in have]))
    moved = [name for name in have if own[name] not in still]
    said = listed([f"{told(name)} moved from place {own[name] + 1} to {places[name] + 1}" for name in moved])
    place = next(index for index, (one, other) in enumerate(zip(want, have, strict=True)) if one != other)
    wanted, found = (", ".join(map(told, names[place : place + 4])) for names in (want, have))
    return [f"the order differs: {said}; from column {place + 1} of the declared ones on: expected {wanted}, got {found}"]


def _longest_rising(numbers: list[int]) -> list[int]:
    """The longest rising subsequence (patience sorting): what stands in it has not moved."""
    ends: list[int] = []  # least last number of a rising subsequence of each length
    before: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(ends, number)
        before[number] = ends[length - 1] if length else None
        ends[length : length + 1] = [number]
    kept: list[int] = []
    last = ends[-1] if ends else None
    while last is not None:
        kept.append(last)
        last = before[last]
    return kept[::-1]
