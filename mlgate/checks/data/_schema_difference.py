"""What differs between the columns that were expected and those that came, each difference as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from mlgate.core.table_schema import NUMERIC, TypeName

TypeWord = Literal[TypeName, "number"]
Types = Mapping[str, TypeWord | None]
_SIMILAR = 0.6


@dataclass(frozen=True)
class Difference:
    """`problems` are sentences, one per problem; `extra` the further columns, whether or not they are a problem."""

    problems: tuple[str, ...]
    extra: tuple[str, ...]


def fits(word: TypeWord | None, found: str) -> bool:
    """Whether a column of type `found` is what `word` asks for; None asks for nothing."""
    return word is None or word == found or (word == "number" and found in NUMERIC)


def differences(expected: Types, got: Types, *, ordered: bool, extra: bool) -> Difference:
    """All problems: missing, renamed, retyped, with `extra` the further columns, with `ordered` the order."""
    missing = [name for name in expected if name not in got]
    further = [name for name in got if name not in expected]
    renamed = _renames(expected, got, missing, further)
    problems = [
        f"{name} is missing and {renamed[name]} is new, of a fitting type and {_alike(name, renamed[name])}: was it renamed?"
        if name in renamed
        else f"{name} is missing"
        for name in missing
    ]
    kept = {name: word for name, word in expected.items() if name in got}
    problems += [f"{name} is retyped: {got[name]}, expected {word}" for name, word in kept.items() if not fits(word, str(got[name]))]
    left = tuple(name for name in further if name not in renamed.values())
    if extra:
        problems += [f"{name} is extra ({got[name]})" for name in left]
    if ordered:
        problems += _disorder(expected, got)
    return Difference(tuple(problems), left)


def _renames(expected: Types, got: Types, missing: list[str], further: list[str]) -> dict[str, str]:
    """Each missing column with the new one it most likely became: similar names first, then the same place."""
    places, own_places = list(got), list(expected)
    pairs = []
    for old in missing:
        for new in further:
            same_place = places.index(new) == own_places.index(old)
            if fits(expected[old], str(got[new])) and (_similarity(old, new) >= _SIMILAR or same_place):
                pairs.append((-_similarity(old, new), not same_place, old, new))
    found: dict[str, str] = {}
    for _, _, old, new in sorted(pairs):
        if old not in found and new not in found.values():
            found[old] = new
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
    place = next(index for index, (one, other) in enumerate(zip(want, have, strict=True)) if one != other)
    wanted, found = (", ".join(names[place : place + 4]) for names in (want, have))
    return [f"the order differs from column {place + 1} of the declared ones on: expected {wanted}, got {found}"]
